//! `cargo xtask compat`: may this change of the protocol ship?
//!
//! Two questions are kept apart. Whether a payload breaks is decided by [`inclusion`]: of all that
//! its writer declares, does the reader accept everything? What changed, who is concerned and what
//! to do is told by the [`rules`].

mod level;

mod rules;

mod inclusion;

mod alternatives;

mod bare;

mod refusal;

mod payload;

mod place;

mod words;

mod shape;

mod finding;

mod cause;

mod changes;

mod bundle;

mod manifest;

mod compare;

mod version;

mod versions;

mod accept;

mod read;

mod literals;

mod pairs;

mod report;

mod reference;

use anyhow::{Context, bail, ensure};
use bundle::Bundle;
use cause::Names;
use level::{Axis, Direction, Level};
use report::{FailOn, Format, Report};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub(crate) use reference::print as print_reference;

/// Where the bundles of releases are kept.
const RELEASED: &str = "schema/json/released";
/// Schemas nest; each level takes several frames. The memory is only taken when it is used.
const STACK_BYTES: usize = 1 << 30;

/// What to compare, and how to tell.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// The protocol before: a git revision, a bundle, or a directory with one [default: the last
    /// release in schema/json/released].
    #[arg(long, value_name = "REVISION|FILE|DIRECTORY")]
    against: Option<String>,
    /// The protocol now [default: this project's].
    #[arg(long, value_name = "REVISION|FILE|DIRECTORY")]
    current: Option<String>,
    /// Compare two JSON Schemas instead.
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with_all = ["against", "current"])]
    schema: Option<Vec<PathBuf>>,
    /// Compare pairs of JSON Schemas, one JSON object a line: `{"id", "old", "new", "direction"}`;
    /// without a file, from standard input.
    #[arg(long, num_args = 0..=1, default_missing_value = "-", value_name = "FILE",
        conflicts_with_all = ["against", "current", "schema"])]
    batch: Option<PathBuf>,
    /// Who writes the payloads that the schemas describe.
    #[arg(long, value_enum)]
    direction: Option<Direction>,
    /// Who meets whom.
    #[arg(long, value_enum, default_value_t = Mode::Backward)]
    mode: Mode,
    /// From which level on the exit code is 1.
    #[arg(long, value_enum, default_value_t = FailOn::Breaking)]
    fail_on: FailOn,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Accepted breaks [default: schema/compat-accept.toml].
    #[arg(long, value_name = "FILE")]
    accept_file: Option<PathBuf>,
    /// Directory of the project [default: this one].
    #[arg(long, value_name = "DIRECTORY")]
    root: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Tell everything about a rule.
    Explain {
        /// The rule's id, like FIELD_ADDED_REQUIRED.
        rule: String,
    },
    /// List all rules.
    Rules,
    /// Accept a finding until a date.
    Accept {
        /// The finding's fingerprint.
        fingerprint: String,
        /// Why the break is meant.
        #[arg(long)]
        reason: String,
        /// The last day on which it is accepted, like 2026-01-31.
        #[arg(long, value_name = "DATE")]
        until: String,
        /// File to write to [default: schema/compat-accept.toml].
        #[arg(long, value_name = "FILE")]
        accept_file: Option<PathBuf>,
    },
}

/// Who meets whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    /// Old clients meet the new server.
    Backward,
    /// New clients meet the old server, as after a rollback.
    Forward,
    /// Both.
    Full,
}

/// Runs the gate and ends the process: 0 fine, 1 findings, 2 trouble.
pub fn run(options: Options) -> ! {
    // Everything happens on a thread with room for deeply nested schemas.
    let worker = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || execute(&options));
    let outcome = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(anyhow::anyhow!("internal error")),
        Err(error) => Err(error.into()),
    };
    let code = outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        2
    });
    std::process::exit(code)
}

fn execute(options: &Options) -> anyhow::Result<i32> {
    let own_root = || crate::project_root().to_owned();
    let root = options.root.clone().unwrap_or_else(own_root);
    match &options.command {
        Some(Command::Explain { rule }) => explain(rule),
        Some(Command::Rules) => tell(None, &reference::list()).map(|()| 0),
        Some(Command::Accept {
            fingerprint,
            reason,
            until,
            accept_file,
        }) => {
            let path = accept_file
                .clone()
                .unwrap_or_else(|| root.join(accept::FILE));
            let entry = accept::Acceptance {
                fingerprint: fingerprint.clone(),
                reason: reason.clone(),
                until: until.clone(),
            };
            ensure!(*until >= today(), "`--until` {until} is past");
            accept::add(&path, &entry)?;
            println!("accepted {fingerprint} until {until}");
            Ok(0)
        }
        None => check(options, &root),
    }
}

fn explain(id: &str) -> anyhow::Result<i32> {
    let id = id.to_uppercase().replace('-', "_");
    let Some(rule) = rules::rule(&id) else {
        bail!("there is no rule {id}; see: cargo xtask compat rules");
    };
    tell(None, &reference::explain(rule))?;
    Ok(0)
}

fn check(options: &Options, root: &Path) -> anyhow::Result<i32> {
    if let Some(path) = &options.batch {
        return check_batch(options, path);
    }
    let mut report = match options.schema.as_deref() {
        Some([old, new]) => report_of_pair(options, old, new)?,
        _ => report_of_bundles(options, root)?,
    };
    report.until = days_from_now(90);
    tell(options.out.as_deref(), &report.print(options.format))?;
    Ok(i32::from(report.fails()))
}

fn check_batch(options: &Options, path: &Path) -> anyhow::Result<i32> {
    let mut output = Vec::new();
    let batch = if path == Path::new("-") {
        pairs::batch(io::stdin().lock(), &mut output, options.direction)?
    } else {
        let file =
            fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        pairs::batch(io::BufReader::new(file), &mut output, options.direction)?
    };
    tell(options.out.as_deref(), &String::from_utf8_lossy(&output))?;
    let limit = match options.fail_on {
        FailOn::Breaking => Some(Level::Breaking),
        FailOn::Dangerous => Some(Level::Dangerous),
        FailOn::Never => None,
    };
    let found = limit.is_some_and(|limit| batch.level >= Some(limit));
    Ok(if batch.trouble { 2 } else { i32::from(found) })
}

fn report_of_pair(options: &Options, old: &Path, new: &Path) -> anyhow::Result<Report> {
    let (old_text, new_text) = (read::text(old)?, read::text(new)?);
    let schema =
        |text: &str, path: &Path| read::json(text).with_context(|| path.display().to_string());
    let (was, now) = (schema(&old_text, old)?, schema(&new_text, new)?);
    literals::tell_apart(&[&old_text, &new_text])?;
    let directions = match options.direction {
        Some(direction) => vec![direction],
        None => Direction::BOTH.to_vec(),
    };
    let mut all = compare::Comparison::default();
    for direction in directions {
        let pairs = match options.mode {
            Mode::Backward => vec![(&was, &now)],
            Mode::Forward => vec![(&now, &was)],
            Mode::Full => vec![(&was, &now), (&now, &was)],
        };
        for (old, new) in pairs {
            let comparison = compare::pair(old, new, direction)?;
            all.payloads += comparison.payloads;
            for finding in comparison.findings {
                compare::merge(&mut all, finding);
            }
        }
    }
    let name = |path: &Path| path.display().to_string();
    Ok(report(options, (name(old), name(new)), all))
}

fn report_of_bundles(options: &Options, root: &Path) -> anyhow::Result<Report> {
    let against = options.against.as_deref().unwrap_or(RELEASED);
    let old_place = read::Place::find(root, against)?;
    let new_place = match options.current.as_deref() {
        Some(current) => read::Place::find(root, current)?,
        None => read::Place::Directory(root.to_owned()),
    };
    let (old_text, new_text) = (old_place.bundle(root)?, new_place.bundle(root)?);
    let old = Bundle::parse(&old_text, &old_place.name())?;
    let new = Bundle::parse(&new_text, &new_place.name())?;
    literals::tell_apart(&[&old_text, &new_text])?;
    let today = today();
    let mut all = compare::Comparison::default();
    if options.mode != Mode::Forward {
        all = compare::bundles(&old, &new, &names("old", &old, "new", &new), &today)?;
        let released = release(&old_place, root)?;
        versions::check(released.as_ref(), (&old, &new), root, &today, &mut all)?;
    }
    if options.mode != Mode::Backward {
        // A rollback: what is new meets what was before. Sources are not rolled back.
        let back = compare::bundles(&new, &old, &names("new", &new, "old", &old), &today)?;
        all.payloads = all.payloads.max(back.payloads);
        let wire = back.findings.into_iter().filter(|it| it.axis == Axis::Wire);
        wire.for_each(|finding| compare::merge(&mut all, finding.of_rollback()));
    }
    let file = options.accept_file.clone();
    let file = file.unwrap_or_else(|| root.join(accept::FILE));
    accept::apply(&accept::read(&file)?, &mut all, &today);
    Ok(report(options, (old.version, new.version), all))
}

fn names(of_clients: &str, clients: &Bundle, of_server: &str, server: &Bundle) -> Names {
    Names {
        clients: format!("a client of the {of_clients} protocol {}", clients.version),
        server: format!("a server of the {of_server} protocol {}", server.version),
    }
}

/// The last release, when something else is compared with: versions count from releases.
fn release(compared: &read::Place, root: &Path) -> anyhow::Result<Option<Bundle>> {
    if !matches!(compared, read::Place::Revision(_)) || !root.join(RELEASED).is_dir() {
        return Ok(None);
    }
    let path = read::latest(&root.join(RELEASED))?;
    Bundle::parse(&read::text(&path)?, &path.display().to_string()).map(Some)
}

fn report(options: &Options, (old, new): (String, String), all: compare::Comparison) -> Report {
    Report {
        old,
        new,
        mode: match options.mode {
            Mode::Backward => "backward",
            Mode::Forward => "forward",
            Mode::Full => "full",
        },
        payloads: all.payloads,
        fail_on: options.fail_on,
        versions: all.versions,
        findings: all.findings,
        until: String::new(),
    }
}

fn tell(out: Option<&Path>, text: &str) -> anyhow::Result<()> {
    if let Some(path) = out {
        return fs::write(path, text).with_context(|| format!("cannot write {}", path.display()));
    }
    match io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads only the first lines has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.context("cannot write"),
    }
}

fn today() -> String {
    days_from_now(0)
}

/// A date so many days from now, like `2026-01-31`.
fn days_from_now(days: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = now.map_or(0, |since| since.as_secs()) + days * 86_400;
    let time = i64::try_from(seconds)
        .ok()
        .and_then(|it| chrono::DateTime::from_timestamp(it, 0));
    time.map_or_else(String::new, |time| time.format("%Y-%m-%d").to_string())
}
