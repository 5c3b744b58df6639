//! What a directory of the site looks like from outside.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;

use camino::Utf8Path;

/// A directory the kit names. Looking changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directory {
    /// Nothing is there.
    Missing,
    /// Something else is there.
    NotADirectory,
    /// Not even its owner can be told.
    Hidden(String),
    /// A directory.
    Present {
        /// User id of the owner.
        uid: u32,
        /// The lowest twelve bits of its mode.
        mode: u32,
        /// Names in it, at most a few; `None` when it cannot be listed.
        entries: Option<Vec<String>>,
    },
}

impl Directory {
    /// Looks at a path.
    pub fn look(path: &Utf8Path) -> Self {
        let found = match fs::metadata(path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::Missing,
            Err(error) => return Self::Hidden(error.to_string()),
        };
        if !found.is_dir() {
            return Self::NotADirectory;
        }
        let entries = fs::read_dir(path).ok().map(|entries| {
            let names = entries.flatten().map(|entry| entry.file_name());
            names.take(ENTRIES_MAX).map(|name| name.to_string_lossy().into_owned()).collect()
        });
        Self::Present { uid: found.uid(), mode: found.mode() & 0o7777, entries }
    }
}

const ENTRIES_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_file_and_directory_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        assert_eq!(Directory::look(&root.join("x")), Directory::Missing);
        fs::write(root.join("x"), "").expect("written");
        assert_eq!(Directory::look(&root.join("x")), Directory::NotADirectory);
        let Directory::Present { entries, .. } = Directory::look(root) else {
            panic!("a directory")
        };
        assert_eq!(entries, Some(vec!["x".to_owned()]));
    }
}
