//! Putting a finished report where it was asked for: whole, secrets masked.

use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};

use super::Format;
use super::format::{Content, Options};
use super::guard::{Guard, Refused};
use super::record::RunRecord;
use super::spec::{Destination, ReportSpec};

/// A report that was not written.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// It would show secrets even when every text in it is masked.
    #[error("report {to}: {refused}")]
    Secret {
        /// Format and destination.
        to: String,
        /// What it would show.
        refused: Refused,
    },
    /// The place cannot be written to.
    #[error("report {to}: {source}")]
    Unwritable {
        /// Format and destination, or the path.
        to: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// Writes one report; `stdout` stands for `-`.
///
/// Secrets are masked in the record before it is rendered, because a rendering may wrap or escape
/// them out of sight, and once more in what was rendered. Only a report that would show one even then
/// is not written; whoever asked for it must know.
pub fn deliver(
    record: &RunRecord,
    spec: &ReportSpec,
    options: &Options,
    guard: &Guard,
    stdout: &mut dyn Write,
) -> Result<(), DeliveryError> {
    let wrong = |source| DeliveryError::Unwritable { to: spec.to_string(), source };
    let secret = |refused| DeliveryError::Secret { to: spec.to_string(), refused };
    let report = rendered(spec.format, &guard.masked_record(record), options).map_err(wrong)?;
    let report = without_secrets(report, spec.format.content, guard).map_err(secret)?;
    match &spec.to {
        Destination::Stdout => stdout.write_all(&report).and_then(|()| stdout.flush()),
        Destination::File(path) => place(path, &report),
    }
    .map_err(wrong)
}

/// Writes a file whole or not at all: into a temporary file beside it, then renamed. Missing folders
/// are made; a link is followed; a device or a pipe is written to as it is.
pub fn place(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let path = match path.canonicalize_utf8() {
        Ok(real) if !real.is_file() => return written_through(&real, bytes),
        Ok(real) => real,
        Err(_) => path.to_owned(),
    };
    let folder = made_folder(&path)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".flipcheck-");
    open_to_the_usual_readers(&mut builder);
    let mut file = builder.tempfile_in(&folder)?;
    file.write_all(bytes)?;
    file.flush()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// Whether a file can be placed there, found out before there is anything to write.
pub fn can_place(path: &Utf8Path) -> io::Result<()> {
    match path.canonicalize_utf8() {
        Ok(real) if real.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(real) if !real.is_file() => Ok(()),
        real => {
            let folder = made_folder(&real.unwrap_or_else(|_| path.to_owned()))?;
            tempfile::tempfile_in(folder).map(drop)
        }
    }
}

/// The folder a file is to lie in, made if it is missing.
fn made_folder(path: &Utf8Path) -> io::Result<Utf8PathBuf> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_str().is_empty() => folder.to_owned(),
        _ => Utf8PathBuf::from("."),
    };
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The rendered report, or what it would show.
///
/// In JSON an escape in front of ordinary letters reads like the beginning of a key, so only secrets
/// that are known count there: its strings were masked one by one.
fn without_secrets(report: Vec<u8>, content: Content, guard: &Guard) -> Result<Vec<u8>, Refused> {
    match content {
        Content::Json => guard.check_planted(&report).map(|()| report),
        Content::Text => {
            let text = String::from_utf8_lossy(&report);
            guard.mask(&text).map(|masked| masked.into_owned().into_bytes())
        }
    }
}

fn rendered(format: &Format, record: &RunRecord, options: &Options) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    (format.write)(record, &mut bytes, options)?;
    Ok(bytes)
}

fn written_through(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes)
}

/// Temporary files are private; a report is for whom the user's umask lets read it.
fn open_to_the_usual_readers(builder: &mut tempfile::Builder<'_, '_>) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = builder;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let path = root.join("deep/er/report.json");
        place(&path, b"a longer first text").unwrap();
        place(&path, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_in_the_way_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let error = place(root, b"x").unwrap_err().to_string();
        assert!(error.contains("directory") && !error.contains('\n'), "{error}");
        std::fs::write(root.join("file"), "").unwrap();
        assert!(place(&root.join("file/report"), b"x").is_err());
        place("/dev/null".into(), b"x").unwrap();
        for unusable in [root.to_owned(), root.join("file/report")] {
            assert!(can_place(&unusable).is_err(), "{unusable}");
        }
        can_place("/dev/null".into()).unwrap();
        can_place(&root.join("new/report")).unwrap();
        assert_eq!(std::fs::read_dir(root.join("new")).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::write(root.join("real"), "old").unwrap();
        std::os::unix::fs::symlink(root.join("real"), root.join("link")).unwrap();
        place(&root.join("link"), b"new").unwrap();
        assert!(root.join("link").is_symlink());
        assert_eq!(std::fs::read_to_string(root.join("real")).unwrap(), "new");
    }
}
