//! Working directories: confined to the operator's workspace root.

use crate::refusal::ClaudeRefusal;
use slop_schema::scalar::WorkingDirectory;
use std::path::{Path, PathBuf};

/// Resolves the directory a client asks for. A relative path is taken from the root; what counts
/// is where it leads after following all symbolic links.
pub(super) async fn resolve(
    root: Option<&Path>,
    asked: &WorkingDirectory,
) -> Result<PathBuf, ClaudeRefusal> {
    let root = root.ok_or(ClaudeRefusal::WorkingDirectory)?;
    let resolved = tokio::fs::canonicalize(root.join(asked.as_str()))
        .await
        .map_err(|_| ClaudeRefusal::WorkingDirectory)?;
    let is_directory = tokio::fs::metadata(&resolved)
        .await
        .is_ok_and(|metadata| metadata.is_dir());
    if is_directory && resolved.starts_with(root) {
        return Ok(resolved);
    }
    Err(ClaudeRefusal::WorkingDirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_directories_inside_the_root_are_let_through() {
        let outside = tempfile::tempdir().unwrap();
        let parent = tempfile::tempdir().unwrap();
        let root = parent.path().canonicalize().unwrap().join("root");
        std::fs::create_dir_all(root.join("project")).unwrap();
        std::fs::create_dir_all(parent.path().join("root-twin")).unwrap();
        std::fs::write(root.join("file"), "").unwrap();
        std::os::unix::fs::symlink(outside.path(), root.join("way-out")).unwrap();
        std::os::unix::fs::symlink(root.join("project"), root.join("way-in")).unwrap();

        let ask = async |path: &str| {
            resolve(Some(&root), &WorkingDirectory::new(path).unwrap())
                .await
                .ok()
        };
        let project = Some(root.join("project"));
        assert_eq!(ask("project").await, project);
        assert_eq!(ask("way-in").await, project);
        assert_eq!(ask(root.join("project").to_str().unwrap()).await, project);
        assert_eq!(ask(".").await, Some(root.clone()));
        for refused in [
            "way-out",
            "..",
            "../root-twin",
            "/",
            "file",
            "missing",
            "a\0b",
        ] {
            assert_eq!(ask(refused).await, None, "{refused:?}");
        }
        let no_root = resolve(None, &WorkingDirectory::new("project").unwrap()).await;
        assert_eq!(no_root, Err(ClaudeRefusal::WorkingDirectory));
    }
}
