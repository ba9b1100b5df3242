use super::*;
use crate::store::RateLimit;
use slop_schema::claude::ClaudeErrorCode;
use slop_schema::scalar::Prompt;
use std::path::Path;

const HOUR: Duration = Duration::from_secs(3600);
const PATIENCE: Duration = Duration::from_secs(10);

/// An engine that runs one prompt at a time, as a shell script.
fn executions() -> Executions {
    let config = ClaudeConfig {
        program: "/bin/sh".into(),
        leading_arguments: vec!["-c".into(), r#"exec sh -c "$(cat)""#.into()],
        supervisor: None,
        bare: true,
        max_concurrent: 1,
        max_queued: 1,
        process_timeout: HOUR,
        max_timeout: HOUR,
        queue_timeout: HOUR,
        process_ttl: HOUR,
        max_output_bytes: 1024,
        workspace_root: None,
        api_key: None,
        base_url: None,
    };
    let store = Store::memory(RateLimit {
        max_requests: 10,
        window: HOUR,
    });
    Executions::new(config, store, Metrics::default()).unwrap()
}

fn user() -> UserId {
    UserId::new("u").unwrap()
}

async fn execute(executions: &Executions, script: &str) -> Accepted {
    let payload = ClaudeExecutePayload::new(Prompt::new(script).unwrap());
    executions.execute(&user(), payload).await.unwrap()
}

/// Waits for the final update; gives its code.
async fn ending(updates: &mut Updates) -> ClaudeErrorCode {
    let last = async {
        loop {
            match updates.next().await {
                Some(Update::Error(payload)) => return payload.code,
                Some(Update::Queued(_) | Update::Progress(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, last).await.unwrap()
}

fn ends_when_there_is(gate: &Path) -> String {
    format!("until [ -e {} ]; do sleep 0.01; done", gate.display())
}

#[tokio::test]
async fn a_cancelled_process_that_ends_by_itself_gives_the_callback_its_time() {
    let executions = executions();
    let directory = tempfile::tempdir().unwrap();
    let gate = directory.path().join("gate");
    let mut accepted = execute(&executions, &ends_when_there_is(&gate)).await;
    let asked = Instant::now();
    let stop = executions.cancel(&user(), &accepted.process).await.unwrap();
    std::fs::write(&gate, "").unwrap();
    assert_eq!(
        ending(&mut accepted.updates).await,
        ClaudeErrorCode::Cancelled
    );
    assert!(asked.elapsed() >= CALLBACK_PATIENCE);
    stop.carry_out();
}

#[tokio::test]
async fn shutting_down_does_not_wait_for_callbacks() {
    let executions = executions();
    let mut running = execute(&executions, "sleep 60").await;
    let mut waiting = execute(&executions, "sleep 60").await;
    let stops = [
        executions.cancel(&user(), &running.process).await.unwrap(),
        executions.cancel(&user(), &waiting.process).await.unwrap(),
    ];
    let asked = Instant::now();
    executions.shut_down(PATIENCE).await;
    assert!(asked.elapsed() < PATIENCE / 2);
    for updates in [&mut running.updates, &mut waiting.updates] {
        assert_eq!(ending(updates).await, ClaudeErrorCode::Cancelled);
    }
    stops.into_iter().for_each(PendingStop::carry_out);
}
