//! A package as its members: read from the tarball, nothing is extracted.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use contract::key::Secret;
use contract::kit::Kit;
use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

use super::check::Unseen;
use super::fl_tree::{ENTRIES_MAX, Entry, EntryKind, FlTree, TEXT_BYTES_MAX};
use super::host_facts::Fact;

/// What a package holds.
#[derive(Clone, Debug)]
pub struct PackageTree {
    /// Name of the archive.
    pub file_name: String,
    /// Its mode.
    pub mode: u32,
    /// Kit files at the top: name, mode and text.
    pub kits: Vec<(String, u32, Kit)>,
    /// What lies below `fl-kit/`.
    pub fl_kit: FlTree,
    /// Every other member.
    pub others: Vec<String>,
}

impl PackageTree {
    /// Reads a `.tar.gz`.
    pub fn read(path: &Utf8Path) -> Fact<Self> {
        let unseen = |error: std::io::Error| Unseen::because(format!("{path}: {error}"));
        let file = File::open(path).map_err(unseen)?;
        let mode = file.metadata().map_err(unseen)?.mode() & 0o7777;
        // A small archive must not unfold into a full disk of text.
        let unpacked = GzDecoder::new(file).take(UNPACKED_BYTES_MAX);
        let mut tree = Self {
            file_name: path.file_name().unwrap_or_default().to_owned(),
            mode,
            kits: Vec::new(),
            fl_kit: FlTree::at("fl-kit"),
            others: Vec::new(),
        };
        let mut archive = Archive::new(unpacked);
        for (count, member) in archive.entries().map_err(unseen)?.enumerate() {
            if count > ENTRIES_MAX {
                return Err(Unseen::because(format!("{path} has over {ENTRIES_MAX} members")));
            }
            tree.take(&mut member.map_err(unseen)?).map_err(unseen)?;
        }
        Ok(tree)
    }

    fn take<R: Read>(&mut self, member: &mut tar::Entry<'_, R>) -> std::io::Result<()> {
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        let path = Utf8PathBuf::from(name.trim_start_matches("./").trim_end_matches('/'));
        let header = member.header();
        let (uid, gid) = (header.uid().unwrap_or_default(), header.gid().unwrap_or_default());
        let mode = header.mode()? & 0o7777;
        let bytes = member.size();
        let kind = match header.entry_type() {
            EntryType::Regular | EntryType::Continuous => EntryKind::File,
            EntryType::Directory => EntryKind::Directory,
            _ => EntryKind::Other,
        };
        let mut text = String::new();
        let small = kind == EntryKind::File && bytes <= TEXT_BYTES_MAX;
        let read = small && member.read_to_string(&mut text).is_ok();
        let climbs = path.components().any(|part| part.as_str() == "..") || name.starts_with('/');
        let at_top = path.components().count() == 1;
        if let Ok(below) = path.strip_prefix("fl-kit")
            && !climbs
        {
            let narrow = |id: u64| u32::try_from(id).unwrap_or(u32::MAX);
            let text = read.then(|| Secret::new(text));
            let entry = Entry { kind, uid: narrow(uid), gid: narrow(gid), mode, bytes, text };
            if !below.as_str().is_empty() {
                self.fl_kit.insert(below, entry);
            }
        } else if at_top && read && path.as_str().starts_with(".env.") {
            self.kits.push((path.into_string(), mode, Kit::new(text)));
        } else if !path.as_str().is_empty() {
            self.others.push(name);
        }
        Ok(())
    }
}

const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
