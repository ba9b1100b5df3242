//! Single pairs of schemas, one or as JSON lines.

use super::compare::{Comparison, pair};
use super::level::{Direction, Level};
use super::literals;

use super::read;
use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What came of a whole batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Batch {
    /// The worst level.
    pub(super) level: Option<Level>,
    /// Whether a line could not be judged.
    pub(super) trouble: bool,
}

/// Judges a pair for each line of the input, and answers with a line for each.
///
/// # Errors
/// When the input cannot be read or the output not be written.
pub(super) fn batch(
    input: impl BufRead,
    output: &mut impl Write,
    direction: Option<Direction>,
) -> anyhow::Result<Batch> {
    let mut batch = Batch::default();
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line.context("cannot read the batch")?;
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if line.is_empty() {
            continue;
        }
        for (answer, level) in answers(&line, index + 1, direction) {
            batch.level = batch.level.max(level);
            batch.trouble |= level.is_none();
            writeln!(output, "{answer}")?;
        }
    }
    output.flush()?;
    Ok(batch)
}

/// The answers to a line: one, or one for each direction when none is asked for.
fn answers(line: &str, number: usize, default: Option<Direction>) -> Vec<(Value, Option<Level>)> {
    let read = read::json(line).and_then(|line| {
        let wanted = directions(&line, default)?;
        Ok((line, wanted))
    });
    let (read, wanted) = match read {
        Ok(read) => read,
        Err(error) => return vec![failed(&json!(number), None, &error)],
    };
    let id = read.get("id").cloned().unwrap_or(json!(number));
    let judge = |direction: &Direction| {
        let judged = catch_unwind(AssertUnwindSafe(|| judge(line, &read, *direction)));
        match judged.unwrap_or_else(|_| Err(anyhow!("internal error"))) {
            Ok(comparison) => answered(&id, *direction, &comparison),
            Err(error) => failed(&id, Some(*direction), &error),
        }
    };
    wanted.iter().map(judge).collect()
}

fn judge(text: &str, line: &Value, direction: Direction) -> anyhow::Result<Comparison> {
    literals::tell_apart(&[text])?;
    let side = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| line.get(*name));
        found.with_context(|| format!("`{}` is missing", names[0]))
    };
    let (old, new) = (side(["old", "previous"])?, side(["new", "current"])?);
    pair(old, new, direction)
}

fn directions(line: &Value, default: Option<Direction>) -> anyhow::Result<Vec<Direction>> {
    let Some(named) = line.get("direction") else {
        return Ok(default.map_or(Direction::BOTH.to_vec(), |direction| vec![direction]));
    };
    match named.as_str() {
        Some("client-to-server" | "clientToServer" | "client_to_server" | "c2s") => {
            Ok(vec![Direction::ClientToServer])
        }
        Some("server-to-client" | "serverToClient" | "server_to_client" | "s2c") => {
            Ok(vec![Direction::ServerToClient])
        }
        Some("both") => Ok(Direction::BOTH.to_vec()),
        _ => bail!("`direction` must be client-to-server or server-to-client"),
    }
}

fn answered(id: &Value, direction: Direction, comparison: &Comparison) -> (Value, Option<Level>) {
    let levels = comparison.findings.iter().map(|finding| finding.level);
    let level = levels.max().unwrap_or(Level::Compatible);
    let answer = json!({
        "id": id,
        "direction": direction,
        "breaking": level == Level::Breaking,
        "level": level,
        "findings": comparison.findings,
    });
    (answer, Some(level))
}

/// What cannot be judged counts as breaking, and says why.
fn failed(
    id: &Value,
    direction: Option<Direction>,
    error: &anyhow::Error,
) -> (Value, Option<Level>) {
    let answer = json!({
        "id": id,
        "direction": direction,
        "breaking": true,
        "error": format!("{error:#}"),
    });
    (answer, None)
}
