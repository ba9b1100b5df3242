//! One payload: does the reader still accept what the writer declares, and if not, why not?
//!
//! Inclusion decides. Each payload that it finds is checked with the validator that the server
//! uses, which also says which keyword refuses it; that keyword is then taken out of the reader's
//! schema, and what is left is compared again, until nothing is refused any more. An alternative that
//! the reader does not have is taken out of the writer's schema instead: the others are still compared.

use super::alternatives::Sides;
use super::bare::with_bounds;
use super::inclusion::{Inclusion, inclusion};
use super::refusal::{Refusal, validator};
use serde_json::Value;

/// Causes beyond these are not looked for.
const MAX_CAUSES: usize = 25;

/// Why a reader refuses something that the writer declares.
#[derive(Debug, Clone)]
pub(super) struct Break {
    /// A payload that the writer may send and the reader refuses; none when it is undecided.
    pub(super) witness: Option<Value>,
    /// The keyword that refuses it; none when it is undecided.
    pub(super) refusal: Option<Refusal>,
    /// What could not be decided.
    pub(super) undecided: Option<&'static str>,
    /// Whether such a payload exists, but is too large to show.
    pub(super) unseen: bool,
}

/// All ways in which a reader refuses what the writer declares; none when it refuses nothing.
///
/// # Errors
/// When one of the two is not a schema that can be read.
pub(super) fn breaks(writer: &Value, reader: &Value) -> anyhow::Result<Vec<Break>> {
    let mut writer = with_bounds(writer);
    let mut reader = with_bounds(reader);
    let sender = validator(&writer);
    let mut found = Vec::new();
    let mut gave_up = false;
    while found.len() < MAX_CAUSES {
        let witness = match inclusion(&writer, &reader)? {
            Inclusion::Proven => break,
            Inclusion::Undecided(why) => {
                found.push(Break::undecided(None, why));
                break;
            }
            Inclusion::RefutedUnseen => {
                let mut unseen = Break::undecided(None, "what is refused is too large to show");
                unseen.unseen = true;
                found.push(unseen);
                break;
            }
            Inclusion::Refuted(witness) => witness,
        };
        let sent = sender.as_ref().is_none_or(|it| it.is_valid(&witness));
        let sides = Sides::new(&writer, &reader);
        let refusal = validator(&reader).and_then(|it| Refusal::of(&it, &witness, &sides));
        let (true, Some(refusal)) = (sent, refusal) else {
            if gave_up && !sent {
                // Without an alternative, `oneOf` may allow what it did not allow before.
                break;
            }
            // Proof and validator do not mean the same, so neither is relied upon.
            found.push(Break::undecided(
                Some(witness),
                "the validator does not confirm the payload",
            ));
            break;
        };
        let relaxed = match &refusal.alternative {
            Some(alternative) => {
                gave_up = true;
                alternative.give_up(&mut writer)
            }
            None => refusal.relax(&mut reader),
        };
        found.push(Break {
            witness: Some(witness),
            refusal: Some(refusal),
            undecided: None,
            unseen: false,
        });
        if !relaxed {
            break;
        }
    }
    Ok(found)
}

impl Break {
    fn undecided(witness: Option<Value>, why: &'static str) -> Self {
        Self {
            witness,
            refusal: None,
            undecided: Some(why),
            unseen: false,
        }
    }
}
