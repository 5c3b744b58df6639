//! The certificate of the private CA as a file that lives as long as the hub.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that is removed when this is dropped.
#[derive(Debug)]
pub(super) struct CaFile(PathBuf);

impl CaFile {
    /// Writes a new file into the system's folder for such files.
    pub(super) fn create(pem: &str) -> io::Result<Self> {
        let name = format!("flipcheck-hub-ca-{}.pem", uuid::Uuid::new_v4());
        let path = std::env::temp_dir().join(name);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        let guard = Self(path);
        file.write_all(pem.as_bytes())?;
        Ok(guard)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        // Somebody may have cleaned up before us.
        let _ = std::fs::remove_file(&self.0);
    }
}
