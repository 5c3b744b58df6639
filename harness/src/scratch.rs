//! The one folder for everything temporary of this process, and the sweeping of those that dead
//! processes left.
//!
//! A run that is killed cannot tidy up: its folder stays, and so do the programs it started. Its lock
//! on the folder ends with it, though, so the next run can tell a dead one from a live one. Programs
//! are found by a variable of their environment that names the folder, never by name.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustix::process::{Pid, Signal, kill_process};

/// Variable that marks every program a run starts.
pub const MARK: &str = "FLIPCHECK_RUN_FOLDER";

static CURRENT: OnceLock<PathBuf> = OnceLock::new();

/// The folder of this process; removed when dropped.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Sweeps what dead processes left, then makes a folder of our own, into which all temporary
    /// files go from now on. Once a process.
    ///
    /// # Errors
    /// When the system's folder for temporary files cannot be used, or a folder of somebody else's
    /// stands in the way.
    pub fn open() -> io::Result<Self> {
        sweep(&home()?);
        Self::open_unswept()
    }

    /// As [`Scratch::open`], but leaves what dead processes left where it is: for who only looks.
    ///
    /// # Errors
    /// As for [`Scratch::open`].
    pub fn open_unswept() -> io::Result<Self> {
        let home = home()?;
        // It takes its name once it is locked: until then it would look like a dead run's.
        let new = tempfile::Builder::new().prefix("new-").tempdir_in(&home)?;
        let lock = File::create(new.path().join(LOCK))?;
        lock.lock()?;
        let name = new.path().file_name().unwrap_or_default().to_string_lossy();
        let folder = home.join(name.replacen("new-", PREFIX, 1));
        fs::rename(new.path(), &folder)?;
        let _ = new.keep();
        // A second folder of one process would be a mistake of ours; the first stays in use.
        let _ = CURRENT.set(folder.clone());
        let _ = tempfile::env::override_temp_dir(&folder);
        Ok(Self { folder, _lock: lock })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next run.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The mark for programs of this run, if it has a folder.
pub fn mark() -> Option<(&'static str, String)> {
    CURRENT.get().map(|folder| (MARK, folder.to_string_lossy().into_owned()))
}

/// Folder of all runs of this user; nobody else may write there.
pub(crate) fn home() -> io::Result<PathBuf> {
    let uid = rustix::process::geteuid().as_raw();
    let home = std::env::temp_dir().join(format!("flipcheck-{uid}"));
    match fs::DirBuilder::new().mode(0o700).create(&home) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(&home)?;
    let private = found.mode() & 0o777 == 0o700;
    if found.is_dir() && found.uid() == uid && private {
        return Ok(home);
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!("{} is not a private folder of this user", home.display()),
    ))
}

/// A run of this user that was killed: its folder, and the programs it started that still run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRun {
    /// Name of the run, which is that of its folder.
    pub run: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its programs: process id and name.
    pub programs: Vec<(i32, String)>,
}

impl DeadRun {
    /// Every one below the folder of all runs, by name.
    ///
    /// # Errors
    /// When that folder cannot be used.
    pub fn all() -> io::Result<Vec<Self>> {
        Ok(dead_in(&home()?))
    }

    /// Ends its programs and removes its folder; whatever resists is met again by the next sweep.
    pub fn remove(&self) {
        end_marked(&self.folder);
        // Somebody who sweeps at the same time may have removed it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Ends the programs of dead runs and removes their folders.
fn sweep(home: &Path) {
    dead_in(home).iter().for_each(DeadRun::remove);
}

fn dead_in(home: &Path) -> Vec<DeadRun> {
    let entries = fs::read_dir(home).into_iter().flatten().flatten();
    let mut dead: Vec<DeadRun> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .filter(|(run, folder)| run.starts_with(PREFIX) && is_dead(folder))
        .map(|(run, folder)| {
            let name = |pid: &Pid| {
                let name = fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_nonzero()));
                (pid.as_raw_nonzero().get(), name.unwrap_or_default().trim().to_owned())
            };
            let programs = marked(&folder).iter().map(name).collect();
            DeadRun { run, folder, programs }
        })
        .collect();
    dead.sort_by(|a, b| a.run.cmp(&b.run));
    dead
}

/// Whether the run with that folder's name still goes on.
#[cfg(feature = "containers")]
pub(crate) fn is_alive(run: &str) -> bool {
    home().is_ok_and(|home| {
        let folder = home.join(run);
        folder.is_dir() && !is_dead(&folder)
    })
}

/// A folder whose lock nobody holds.
fn is_dead(folder: &Path) -> bool {
    File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

/// Kills every process whose environment carries the mark of that folder.
fn end_marked(folder: &Path) {
    for pid in marked(folder) {
        // It may have ended by itself meanwhile.
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// Every process whose environment carries the mark of that folder.
fn marked(folder: &Path) -> Vec<Pid> {
    let mark = format!("{MARK}={}", folder.display());
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| {
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let pid = pid.and_then(Pid::from_raw)?;
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0);
        variables.any(|variable| variable == mark.as_bytes()).then_some(pid)
    });
    processes.collect()
}

const PREFIX: &str = "run-";
const LOCK: &str = "lock";

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn only_what_a_dead_run_left_is_swept() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = |name: &str| {
            let folder = home.path().join(name);
            fs::create_dir(&folder).expect("a folder");
            let lock = File::create(folder.join(LOCK)).expect("a lock");
            (folder, lock)
        };
        let (dead, lock) = folder("run-dead");
        drop(lock);
        let (alive, lock) = folder("run-alive");
        lock.lock().expect("ours");
        let foreign = home.path().join("something-else");
        fs::create_dir(&foreign).expect("a folder");
        let start = |folder: &Path| {
            std::process::Command::new("sleep")
                .arg("300")
                .env(MARK, folder)
                .spawn()
                .expect("sleep starts")
        };
        let (mut orphan, mut child) = (start(&dead), start(&alive));
        // A program just started shows no environment until the system has finished loading it.
        let marked =
            || !fs::read(format!("/proc/{}/environ", orphan.id())).unwrap_or_default().is_empty();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !marked() {
            assert!(Instant::now() < deadline, "the orphan never showed its environment");
            std::thread::yield_now();
        }
        let found = dead_in(home.path());
        let [only] = found.as_slice() else { panic!("one dead run: {found:?}") };
        assert_eq!(only.run, "run-dead");
        assert_eq!(only.programs.len(), 1, "{found:?}");
        sweep(home.path());
        assert!(!dead.exists() && alive.exists() && foreign.exists());
        assert!(!orphan.wait().expect("it ends").success());
        assert!(child.try_wait().expect("a child").is_none());
        child.kill().expect("ours to end");
        child.wait().expect("it ends");
    }
}
