//! Every transcript, replayed against the server of this workspace, over both transports.
//!
//! The snapshot beside a transcript is what our server said word for word; `cargo insta review`
//! accepts a change. A transcript itself is recorded again by `cargo xtask record`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic, in its helpers too"
)]

mod in_process;

use conformance::placeholders::Credentials;
use conformance::reader::Sentences;
use conformance::replay::Verdict;
use conformance::report::{KnownFailures, is_good, table};
use conformance::suite::{Plan, Telling, tell};
use conformance::transcript::{Need, Transcript};
use conformance::wire::Transport;
use conformance::{coverage, stories};
use in_process::InProcess;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
const ALL_AT_ONCE: usize = 1000;

fn plan(transports: &[Transport]) -> Plan {
    Plan {
        transports: transports.to_vec(),
        patience: PATIENCE,
        at_once: ALL_AT_ONCE,
    }
}

/// Fails with the deviations. Nothing is skipped, but what needs a Redis where there is none.
fn all_passed(stories: &[Transcript], tellings: &[Telling]) {
    let known = KnownFailures::default();
    assert!(is_good(tellings, &known), "{}", table(tellings, &known));
    for telling in tellings {
        let story = stories
            .iter()
            .find(|story| story.story == telling.story)
            .unwrap();
        if let Verdict::Skipped(reason) = &telling.verdict {
            assert!(
                story.has_need(&Need::Redis),
                "{} was skipped: {reason}",
                story.story
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_server_tells_every_story() {
    let stories = stories::all().unwrap();
    let servers = InProcess::start().await;
    let both = plan(&[Transport::Websocket, Transport::Polling]);
    let tellings = tell(&stories, &servers, &both).await;
    all_passed(&stories, &tellings);
    // Both transports bring the same; the snapshots are of the first.
    for (story, telling) in stories.iter().zip(tellings) {
        let Verdict::Passed(session) = telling.verdict else {
            continue;
        };
        let again = session.clone().read(Sentences::Become);
        same_text(&story.story, &again.to_text(), &story.to_text());
        snapshot(&story.story, &session.read(Sentences::Stay).to_text());
    }
}

/// Fails with the first line that differs and the command that repairs it.
fn same_text(story: &str, text: &str, recorded: &str) {
    let differs = text
        .lines()
        .zip(recorded.lines())
        .find(|(one, other)| one != other);
    let repair = format!("run: cargo xtask record {story}");
    assert!(
        text == recorded,
        "{story} is now another: {differs:#?}\n{repair}"
    );
}

fn snapshot(story: &str, text: &str) {
    let (area, name) = story.split_once('/').unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(stories::folder().join(area));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// `cargo test -p conformance --test transcripts -- --ignored` on a machine that is busy.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "20 rounds take minutes"]
async fn no_story_flakes_in_20_rounds() {
    let stories = stories::all().unwrap();
    let servers = InProcess::start().await;
    for round in 1..=20 {
        let both = plan(&[Transport::Websocket, Transport::Polling]);
        let tellings = tell(&stories, &servers, &both).await;
        println!("round {round}");
        all_passed(&stories, &tellings);
    }
}

#[test]
fn transcripts_are_written_as_the_recorder_writes_them() {
    for story in stories::all().unwrap() {
        let text = std::fs::read_to_string(stories::file(&story.story, "json")).unwrap();
        same_text(&story.story, &text, &story.to_text());
    }
}

#[test]
fn every_transcript_has_a_script_and_a_snapshot() {
    let transcripts = stories::names("json").unwrap();
    for ending in ["mjs", "snap"] {
        let others = stories::names(ending).unwrap();
        let lacks = transcripts.iter().find(|story| !others.contains(story));
        assert_eq!(
            lacks, None,
            "it has no {ending}; a snapshot is written by: cargo insta test"
        );
        let lonely = others.iter().find(|story| !transcripts.contains(story));
        assert_eq!(
            lonely, None,
            "of the {ending} there is no transcript: cargo xtask record"
        );
    }
}

#[test]
fn the_stories_show_the_whole_contract() {
    let gaps = coverage::gaps(&stories::all().unwrap());
    assert!(
        gaps.is_empty(),
        "no story shows:\n  {}\nwrite a script tests/transcripts/<area>/<story>.mjs that does, then run: \
         cargo xtask record <area>/<story>",
        gaps.join("\n  ")
    );
}

#[tokio::test]
async fn without_a_secret_only_what_needs_it_is_skipped() {
    let stories = stories::all().unwrap();
    let ready = |user: &str| {
        let token = conformance::jwt::sign(user, "", conformance::recording::SECRET).unwrap();
        (user.to_owned(), token)
    };
    let credentials = Credentials {
        tokens: [ready("ada"), ready("grace")].into(),
        ..Credentials::default()
    };
    let servers = InProcess::start().await.with(credentials);
    let few = [
        "session/another_user",
        "session/signatures",
        "rooms/sorted",
        "media/follow",
    ];
    let few: Vec<_> = stories
        .into_iter()
        .filter(|it| few.contains(&it.story.as_str()))
        .collect();
    let tellings = tell(&few, &servers, &plan(&[Transport::Websocket])).await;
    let verdicts: Vec<_> = tellings.iter().map(|telling| &telling.verdict).collect();
    assert!(
        matches!(
            verdicts[..],
            [
                Verdict::Skipped(_), // media/follow
                Verdict::Passed(_),  // rooms/sorted
                Verdict::Passed(_),  // session/another_user
                Verdict::Skipped(_), // session/signatures
            ]
        ),
        "{}",
        table(&tellings, &KnownFailures::default())
    );
}
