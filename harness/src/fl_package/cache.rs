//! The folder of one release's environment: made once, by one process at a time, whole or not at all.

use std::fs::{self, File, TryLockError};
use std::future::Future;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::PackageError;
use crate::wait::{Probe, eventually};

/// Where the environments lie: `flipcheck/fl-packages` below the user's cache folder.
pub(super) fn home() -> Utf8PathBuf {
    let var = |name: &str| std::env::var(name).ok().filter(|text| text.starts_with('/'));
    let cache = var("XDG_CACHE_HOME").map(Utf8PathBuf::from);
    let of_user = || var("HOME").map(|home| Utf8PathBuf::from(home).join(".cache"));
    let temporary = || Utf8PathBuf::from_path_buf(std::env::temp_dir()).unwrap_or("/tmp".into());
    cache.or_else(of_user).unwrap_or_else(temporary).join("flipcheck/fl-packages")
}

/// The folder `name` below `home`, after `is_whole` has found it good or `make` has filled a new one.
///
/// A file lock lets one process at a time look and make. The folder takes its name only when it is
/// complete, so a process that dies halfway leaves nothing that looks ready; what it left goes when
/// the next one begins.
pub(super) async fn ready_folder<F>(
    home: &Utf8Path,
    name: &str,
    is_whole: impl Fn(&Utf8Path) -> bool,
    make: impl FnOnce(Utf8PathBuf) -> F,
) -> Result<Utf8PathBuf, PackageError>
where
    F: Future<Output = Result<(), PackageError>>,
{
    let cannot = |reason: String| PackageError::Cache { folder: home.to_owned(), reason };
    let io = |error: std::io::Error| cannot(error.to_string());
    fs::create_dir_all(home).map_err(io)?;
    let folder = home.join(name);
    let _lock = lock(&home.join(format!("{name}.lock"))).await.map_err(cannot)?;
    if is_whole(&folder) {
        return Ok(folder);
    }
    let half = home.join(format!("{name}.half"));
    for leftover in [&half, &folder] {
        match fs::remove_dir_all(leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
    }
    make(half.clone()).await?;
    fs::rename(&half, &folder).map_err(io)?;
    Ok(folder)
}

/// Held until the file is dropped, also by a kill.
async fn lock(path: &Utf8Path) -> Result<File, String> {
    let file = File::options().create(true).append(true).open(path);
    let file = file.map_err(|error| error.to_string())?;
    let what = format!("another process is still at work ({path})");
    let held = eventually(PATIENCE, what, || async {
        match file.try_lock() {
            Ok(()) => Probe::Done(Ok(())),
            Err(TryLockError::WouldBlock) => Probe::Pending("the lock is held".to_owned()),
            Err(TryLockError::Error(error)) => Probe::Done(Err(error.to_string())),
        }
    })
    .await;
    held.map_err(|overdue| overdue.to_string())??;
    Ok(file)
}

/// A cold installation over a slow line takes minutes; two may queue.
const PATIENCE: Duration = Duration::from_mins(10);

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn is_whole(folder: &Utf8Path) -> bool {
        folder.join("whole").exists()
    }

    fn temporary() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).expect("UTF-8");
        (folder, path)
    }

    #[tokio::test]
    async fn what_was_made_half_is_made_again_and_what_is_whole_is_kept() {
        let (_temporary, home) = temporary();
        let made = Cell::new(0);
        let make = async |folder: Utf8PathBuf| {
            made.set(made.get() + 1);
            fs::create_dir(&folder).expect("nothing stands in the way");
            fs::write(folder.join("whole"), "").expect("ours");
            Ok(())
        };
        for leftover in ["p.half", "p"] {
            fs::create_dir_all(home.join(leftover).join("lib")).expect("ours");
        }
        let first = ready_folder(&home, "p", is_whole, make).await.expect("made");
        let second = ready_folder(&home, "p", is_whole, make).await.expect("kept");
        assert_eq!((first, made.get()), (second, 1));
        assert!(!home.join("p.half").exists());
    }

    #[tokio::test]
    async fn a_failure_leaves_nothing_that_looks_ready() {
        let (_temporary, home) = temporary();
        let fail = async |folder: Utf8PathBuf| {
            fs::create_dir(&folder).expect("ours");
            Err(PackageError::Install { what: "p".into(), reason: "no network".into() })
        };
        let error = ready_folder(&home, "p", is_whole, fail).await.expect_err("it failed");
        assert!(error.to_string().contains("no network"));
        assert!(!home.join("p").exists());
    }

    #[tokio::test]
    async fn two_at_a_time_make_one() {
        let (_temporary, home) = temporary();
        let made = Cell::new(0);
        let make = async |folder: Utf8PathBuf| {
            made.set(made.get() + 1);
            tokio::task::yield_now().await;
            fs::create_dir(&folder).expect("nothing stands in the way");
            fs::write(folder.join("whole"), "").expect("ours");
            Ok(())
        };
        let one = ready_folder(&home, "p", is_whole, make);
        let other = ready_folder(&home, "p", is_whole, make);
        let (one, other) = tokio::join!(one, other);
        assert_eq!((one.expect("made"), made.get()), (other.expect("waited"), 1));
    }
}
