//! What the end-to-end tests share: the built command, run as a process.

pub mod likeness;
pub mod raw_hub;
pub mod wire;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The workspace's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package is a folder of the workspace")
}

/// The built `flipcheck` beside this test's own binary.
pub fn flipcheck_path() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let folder = test.ancestors().find(|dir| dir.join("flipcheck").is_file());
    folder
        .map(|dir| dir.join("flipcheck"))
        .expect("build the command first: cargo build --bin flipcheck")
}

/// A command line of it, in a folder of its own, without variables that would steer it.
pub fn flipcheck(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(flipcheck_path());
    command.args(args).current_dir(folder).stdin(Stdio::null()).env("NO_COLOR", "1");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FLIPCHECK_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it to its end.
pub fn run(folder: &Path, args: &[&str]) -> Finished {
    let output = flipcheck(folder, args).output().expect("flipcheck starts");
    Finished::from(output)
}

/// Runs it to its end as on a machine without Docker.
pub fn run_without_docker(folder: &Path, args: &[&str]) -> Finished {
    let mut command = flipcheck(folder, args);
    let output = command.env("DOCKER_HOST", "unix:///nonexistent/docker.sock").output();
    Finished::from(output.expect("flipcheck starts"))
}

/// Runs a whole suite to its end. It uses every core there is and judges by the clock, so that tests of
/// one file take turns.
pub fn run_whole(folder: &Path, args: &[&str]) -> Finished {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(folder, args)
}

/// How a command ended.
#[derive(Debug)]
pub struct Finished {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// stdout.
    pub stdout: String,
    /// stderr.
    pub stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Finished {
    /// stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("stdout is no JSON ({error}):\n{}\n{}", self.stdout, self.stderr)
        })
    }

    /// Demands an exit code.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Demands that the command failed as one should: a cause, no panic.
    #[track_caller]
    pub fn expect_complaint(self, code: i32, words: &[&str]) -> Self {
        let this = self.expect_code(code);
        assert!(!this.stderr.contains("panicked"), "{}", this.stderr);
        for word in words {
            assert!(this.stderr.contains(word), "no {word:?} in:\n{}", this.stderr);
        }
        this
    }
}

/// A command that runs beside a test and ends with it, whatever the test does.
#[derive(Debug)]
pub struct Beside(pub Child);

impl Beside {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().expect("the command starts"))
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a pid"), signal).expect("it still runs");
    }

    /// Its exit code, once it ended; -1 when a signal ended it.
    pub fn code(&mut self) -> i32 {
        self.0.wait().expect("it ends").code().unwrap_or(-1)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks until there is an answer; a test that gets none fails with these words.
#[track_caller]
pub fn until<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within {} s", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
