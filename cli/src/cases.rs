//! The folder of case files, shared politely with other runs.

use std::fs::File;

use camino::{Utf8Path, Utf8PathBuf};
use harness::engine::CaseFile;

/// Where this run puts its case files; another run keeps out as long as this lives.
#[derive(Debug)]
pub struct Cases {
    folder: Utf8PathBuf,
    /// The folder and its parent, if there was none before.
    made: Vec<Utf8PathBuf>,
    lock: Option<File>,
}

impl Cases {
    /// Takes the folder and, unless told to keep them, clears away the case files of earlier runs:
    /// they would read like findings of this one.
    ///
    /// While another run uses the folder, this one takes a folder inside it and clears nothing. A
    /// folder that cannot be written to is told of when the first case file is due.
    pub fn open(folder: &Utf8Path, keep: bool) -> Self {
        let made = missing(folder);
        let lock = lock(folder);
        if lock.as_ref().is_ok_and(|lock| lock.try_lock().is_err()) {
            let own = folder.join(format!("run-{}", std::process::id()));
            return Self { made: vec![own.clone()], folder: own, lock: None };
        }
        if !keep {
            clear(folder);
        }
        Self { folder: folder.to_owned(), made, lock: lock.ok() }
    }

    /// The folder.
    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }
}

impl Drop for Cases {
    /// A run that wrote no case file leaves no folder. Folders that hold anything stay.
    fn drop(&mut self) {
        if self.lock.is_some() {
            let _ = fs_err::remove_file(self.folder.join(LOCK));
        }
        for folder in &self.made {
            let _ = fs_err::remove_dir(folder);
        }
    }
}

fn missing(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let two = folder.ancestors().take(2).filter(|path| !path.as_str().is_empty());
    two.take_while(|path| !path.exists()).map(Utf8Path::to_owned).collect()
}

fn lock(folder: &Utf8Path) -> std::io::Result<File> {
    fs_err::create_dir_all(folder)?;
    let path = folder.join(LOCK);
    Ok(fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(path)?.into_file())
}

/// Removes case files, ours alone, and folders of runs that had to keep aside.
fn clear(folder: &Utf8Path) {
    let Ok(entries) = folder.read_dir_utf8() else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        // What cannot be removed is overwritten or left: both are harmless.
        if path.extension() == Some("json") && CaseFile::read(path).is_ok() {
            let _ = fs_err::remove_file(path);
        } else if path.is_dir() && entry.file_name().starts_with("run-") {
            clear(path);
            let _ = fs_err::remove_dir(path);
        }
    }
}

const LOCK: &str = ".lock";
