//! Versions, and how far one must be raised for what changed.

use super::level::Level;
use std::fmt;

/// A semantic version without what comes after the patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

/// How far a version must be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Bump {
    /// Not at all.
    None,
    /// For documentation.
    Patch,
    /// For additions, and for what is dangerous.
    Minor,
    /// For what breaks.
    Major,
}

impl Bump {
    /// What changes of these levels ask for.
    pub(super) fn for_levels(levels: impl Iterator<Item = Level>, documented: bool) -> Self {
        let changed = match levels.max() {
            Some(Level::Breaking) => Self::Major,
            Some(_) => Self::Minor,
            None => Self::None,
        };
        changed.max(if documented { Self::Patch } else { Self::None })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl Version {
    /// Reads `1.2.3`, with or without a `v` before it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let plain = text.split(['-', '+']).next()?;
        let mut parts = plain.split('.').map(|part| part.parse().ok());
        let version = Self {
            major: parts.next()??,
            minor: parts.next()??,
            patch: parts.next()??,
        };
        parts.next().is_none().then_some(version)
    }

    /// The lowest version that says as much. Below 1.0 everything counts one step less.
    pub(super) fn raised(self, bump: Bump) -> Self {
        let early = self.major == 0;
        match (bump, early) {
            (Bump::None, _) => self,
            (Bump::Major, false) => Self {
                major: self.major + 1,
                minor: 0,
                patch: 0,
            },
            (Bump::Major, true) | (Bump::Minor, false) => Self {
                minor: self.minor + 1,
                patch: 0,
                ..self
            },
            (Bump::Minor, true) | (Bump::Patch, _) => Self {
                patch: self.patch + 1,
                ..self
            },
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
