//! The files of an FL kit with their owners and modes, from a directory or out of a package.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use contract::key::Secret;

use super::check::Unseen;
use super::host_facts::Fact;

/// A tree of files below `fl-kit/` or FL_KIT_DIR.
#[derive(Clone, Debug, Default)]
pub struct FlTree {
    /// Where it was found, for messages.
    pub root: Utf8PathBuf,
    entries: BTreeMap<Utf8PathBuf, Entry>,
}

/// A file or directory of the tree.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// User id of the owner.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// The lowest twelve bits of its mode.
    pub mode: u32,
    /// Size of a file.
    pub bytes: u64,
    /// The text of a small file; it may be a private key, so it is kept as a secret.
    pub text: Option<Secret>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A plain file.
    File,
    /// A directory.
    Directory,
    /// A link, a device, a socket: nothing an FL kit holds.
    Other,
}

impl FlTree {
    /// An empty tree, to be filled by [`FlTree::insert`].
    pub fn at(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into(), entries: BTreeMap::new() }
    }

    /// Reads a directory. Links are not followed.
    pub fn read(root: &Utf8Path) -> Fact<Self> {
        let found = fs::metadata(root);
        if !found.is_ok_and(|found| found.is_dir()) {
            return Err(Unseen::because(format!("there is no directory {root}")));
        }
        let mut tree = Self::at(root);
        let mut open = vec![Utf8PathBuf::new()];
        while let Some(folder) = open.pop() {
            let entries = root.join(&folder).read_dir_utf8().map_err(|error| {
                Unseen::because(format!("{} cannot be listed: {error}", root.join(&folder)))
            })?;
            for entry in entries {
                let entry = entry.map_err(|error| Unseen::because(error.to_string()))?;
                let path = folder.join(entry.file_name());
                let entry = look(entry.path())?;
                if entry.kind == EntryKind::Directory && path.components().count() < DEPTH_MAX {
                    open.push(path.clone());
                }
                tree.insert(path, entry);
                if tree.entries.len() > ENTRIES_MAX {
                    let words = format!("{root} holds over {ENTRIES_MAX} files: it is no FL kit");
                    return Err(Unseen::because(words));
                }
            }
        }
        Ok(tree)
    }

    /// Adds an entry.
    pub fn insert(&mut self, path: impl Into<Utf8PathBuf>, entry: Entry) {
        self.entries.insert(path.into(), entry);
    }

    /// Whether there is nothing in it but directories.
    pub fn is_empty(&self) -> bool {
        !self.entries.values().any(|entry| entry.kind == EntryKind::File)
    }

    /// One entry, by its path below the root.
    pub fn entry(&self, path: impl AsRef<Utf8Path>) -> Option<&Entry> {
        self.entries.get(path.as_ref())
    }

    /// Every entry, by path.
    pub fn entries(&self) -> impl Iterator<Item = (&Utf8Path, &Entry)> {
        self.entries.iter().map(|(path, entry)| (path.as_path(), entry))
    }

    /// Entries below a folder, the folder itself included.
    pub fn below<'t>(
        &'t self,
        folder: &'t Utf8Path,
    ) -> impl Iterator<Item = (&'t Utf8Path, &'t Entry)> {
        self.entries().filter(move |(path, _)| path.starts_with(folder))
    }
}

impl Entry {
    /// Whether it is a file with something in it.
    pub fn is_filled(&self) -> bool {
        self.kind == EntryKind::File && self.bytes > 0
    }
}

fn look(path: &Utf8Path) -> Fact<Entry> {
    let unseen = |error| Unseen::because(format!("{path} cannot be looked at: {error}"));
    let found = fs::symlink_metadata(path).map_err(unseen)?;
    let kind = if found.is_dir() {
        EntryKind::Directory
    } else if found.is_file() {
        EntryKind::File
    } else {
        EntryKind::Other
    };
    let mut text = String::new();
    let small = kind == EntryKind::File && found.len() <= TEXT_BYTES_MAX;
    // A file that cannot be read is still seen; the check that needs its text says so.
    let read = small
        && fs::File::open(path)
            .and_then(|file| file.take(TEXT_BYTES_MAX).read_to_string(&mut text))
            .is_ok();
    let (uid, gid, mode) = (found.uid(), found.gid(), found.mode() & 0o7777);
    let text = read.then(|| Secret::new(text));
    Ok(Entry { kind, uid, gid, mode, bytes: found.len(), text })
}

/// A text longer than this is not kept: no file the checks look into is.
pub(super) const TEXT_BYTES_MAX: u64 = 256 * 1024;
/// A kit has some dozens of files.
pub(super) const ENTRIES_MAX: usize = 4096;
const DEPTH_MAX: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_and_links_are_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        fs::create_dir(root.join("a")).expect("made");
        fs::write(root.join("a/b"), "text").expect("written");
        std::os::unix::fs::symlink("/", root.join("loop")).expect("linked");
        let tree = FlTree::read(root).expect("a directory");
        let kinds: Vec<_> =
            tree.entries().map(|(path, entry)| (path.as_str(), entry.kind)).collect();
        let expected =
            [("a", EntryKind::Directory), ("a/b", EntryKind::File), ("loop", EntryKind::Other)];
        assert_eq!(kinds, expected);
        let entry = tree.entry("a/b").expect("a file");
        assert_eq!(entry.text.as_ref().map(Secret::expose), Some("text"));
        assert!(!format!("{tree:?}").contains("text: Some(\"text"));
        assert!(FlTree::read(&root.join("a/b")).is_err());
    }
}
