//! The stories: all transcripts of the folder `tests/transcripts`.

use crate::transcript::{NotATranscript, Transcript};
use std::path::{Path, PathBuf};

/// Where they lie.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts")
}

/// The file of a story, with this ending.
#[must_use]
pub fn file(story: &str, ending: &str) -> PathBuf {
    folder().join(format!("{story}.{ending}"))
}

/// The names of all files with an ending, as `<area>/<story>`, sorted.
///
/// # Errors
/// When the folder cannot be read.
pub fn names(ending: &str) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for area in std::fs::read_dir(folder())? {
        let area = area?;
        if !area.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(area.path())? {
            let path = file?.path();
            let is_one = path.extension().is_some_and(|it| it == ending);
            if let Some(stem) = path.file_stem().filter(|_| is_one) {
                let area = area.file_name();
                names.push(format!(
                    "{}/{}",
                    area.to_string_lossy(),
                    stem.to_string_lossy()
                ));
            }
        }
    }
    names.sort();
    Ok(names)
}

/// Reads all transcripts.
///
/// # Errors
/// The first file that is not one.
pub fn all() -> Result<Vec<Transcript>, NotATranscript> {
    let unreadable = |story: &str, error: std::io::Error| NotATranscript {
        story: story.to_owned(),
        problem: error.to_string(),
    };
    let names = names("json").map_err(|error| unreadable("tests/transcripts", error))?;
    names
        .iter()
        .map(|story| {
            let text = std::fs::read_to_string(file(story, "json"));
            Transcript::parse(story, &text.map_err(|error| unreadable(story, error))?)
        })
        .collect()
}
