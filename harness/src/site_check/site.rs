//! Everything known of a site: what the checks look at.

use std::io;
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use contract::edition::Edition;
use contract::kit::{Kit, Reader, holds_placeholder};
use jiff::Timestamp;

use super::check::{Ruling, Unseen};
use super::{Fact, FlTree, HostFacts, HubFacts, ImageFacts, PackageTree};

/// What is known. Whatever was not looked at is unseen, and its checks are not verified.
#[derive(Debug)]
pub struct Site {
    /// The release of the contract the site is meant for.
    pub edition: &'static Edition,
    /// The kit file.
    pub kit: KitFile,
    /// The tree below FL_KIT_DIR, or below the folder given in its stead.
    pub fl_kit: Fact<FlTree>,
    /// The machine.
    pub host: HostFacts,
    /// The hub.
    pub hub: HubFacts,
    /// The registry.
    pub images: ImageFacts,
    /// The package, when there is one to look at.
    pub package: Option<Fact<PackageTree>>,
    /// The time certificates are judged at.
    pub now: Timestamp,
}

/// The kit file as it lies on disk.
#[derive(Clone, Debug)]
pub struct KitFile {
    /// Where.
    pub path: Utf8PathBuf,
    /// What is there.
    pub state: KitState,
}

/// What stands where the kit should.
#[derive(Clone, Debug)]
pub enum KitState {
    /// Nothing.
    Missing,
    /// Something that cannot be read as a kit.
    Unreadable(String),
    /// A kit, with its permission bits.
    Present {
        /// The text.
        kit: Kit,
        /// The lowest twelve bits of the file's mode.
        mode: u32,
    },
}

impl KitFile {
    /// Reads the file; every outcome is a state.
    pub fn read(path: &Utf8Path) -> Self {
        let state = match read(path) {
            Ok((bytes, mode)) => match Kit::parse(&bytes) {
                Ok(kit) => KitState::Present { kit, mode },
                Err(error) => KitState::Unreadable(error.to_string()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => KitState::Missing,
            Err(error) => KitState::Unreadable(error.to_string()),
        };
        Self { path: path.to_owned(), state }
    }
}

fn read(path: &Utf8Path) -> io::Result<(Vec<u8>, u32)> {
    let found = std::fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    if found.len() > KIT_BYTES_MAX {
        return Err(io::Error::other("it is far too long for a kit"));
    }
    Ok((std::fs::read(path)?, found.mode() & 0o7777))
}

impl Site {
    /// A site of which only the kit is known.
    pub fn new(edition: &'static Edition, kit: KitFile) -> Self {
        Self {
            edition,
            kit,
            fl_kit: Err(Unseen::default()),
            host: HostFacts::default(),
            hub: HubFacts::default(),
            images: ImageFacts::default(),
            package: None,
            now: Timestamp::now(),
        }
    }

    /// The kit, if it can be read.
    pub(super) fn kit(&self) -> Result<&Kit, Ruling> {
        match &self.kit.state {
            KitState::Present { kit, .. } => Ok(kit),
            KitState::Missing => Err(Ruling::not_verified("there is no kit file to look into")),
            KitState::Unreadable(_) => Err(Ruling::not_verified("the kit file cannot be read")),
        }
    }

    /// A value as containers get it, if there is one that is neither empty nor a placeholder.
    pub fn value(&self, key: &str) -> Option<String> {
        let KitState::Present { kit, .. } = &self.kit.state else { return None };
        let value = kit.value(Reader::Compose, key)?;
        (!value.is_empty() && !holds_placeholder(&value)).then_some(value)
    }

    /// The same, where a check cannot go on without it.
    pub(super) fn needed(&self, key: &str) -> Result<String, Ruling> {
        self.kit()?;
        self.value(key).ok_or_else(|| Ruling::not_verified(format!("{key} is not filled yet")))
    }

    /// What a command that concerns this kit calls it.
    pub(super) fn code(&self) -> String {
        self.value("TRUST_CODE").unwrap_or_else(|| "<CODE>".to_owned())
    }
}

const KIT_BYTES_MAX: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_a_kit_can_be_absent_is_a_state() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = Utf8Path::from_path(folder.path()).expect("UTF-8").join(".env.KCH.production");
        assert!(matches!(KitFile::read(&path).state, KitState::Missing));
        std::fs::write(&path, [0xff]).expect("written");
        assert!(matches!(KitFile::read(&path).state, KitState::Unreadable(_)));
        let directory = path.parent().expect("a parent");
        assert!(matches!(KitFile::read(directory).state, KitState::Unreadable(_)));
        std::fs::write(&path, "A=1\n").expect("written");
        assert!(matches!(KitFile::read(&path).state, KitState::Present { .. }));
    }
}
