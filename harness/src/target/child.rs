//! One program we started: its output, its end, and the whole process group it leads.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Exit, LogBook, TargetError};
use crate::scratch;

/// Whether output may be shown: a hub's ready line holds the control token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    Masked,
    KeepRaw,
}

/// A process that was started, and its group.
pub(super) struct Started {
    pub(super) pid: u32,
    pub(super) exit: watch::Receiver<Option<Exit>>,
    first_line: watch::Receiver<Option<String>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Started {
    pub(super) fn spawn(
        words: &[String],
        env: &BTreeMap<String, String>,
        log: &Arc<LogBook>,
    ) -> Result<Self, TargetError> {
        Self::spawn_with(words, env, log, Output::Masked)
    }

    pub(super) fn spawn_with(
        words: &[String],
        env: &BTreeMap<String, String>,
        log: &Arc<LogBook>,
        output: Output,
    ) -> Result<Self, TargetError> {
        let (program, args) =
            words.split_first().ok_or_else(|| cannot("nothing", &"no command"))?;
        let mut command = Command::new(program);
        for name in OF_A_TRUST {
            command.env_remove(name);
        }
        for (name, _) in std::env::vars_os() {
            // What steers this run must not steer its target.
            if name.as_encoded_bytes().starts_with(b"FLIPCHECK_") {
                command.env_remove(name);
            }
        }
        command.envs(scratch::mark());
        let mut child = command
            .args(args)
            .envs(env)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| cannot(program, &error))?;
        let pid = child.id().ok_or_else(|| cannot(program, &"it ended at once"))?;
        let (first, first_line) = watch::channel(None);
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let first = (output == Output::KeepRaw).then_some(first);
            readers.push(tokio::spawn(read_lines(stdout, Arc::clone(log), first)));
        }
        if let Some(stderr) = child.stderr.take() {
            readers.push(tokio::spawn(read_lines(stderr, Arc::clone(log), None)));
        }
        let (ended, exit) = watch::channel(None);
        let waiter = tokio::spawn(reap(child, readers, ended));
        Ok(Self { pid, exit, first_line, tasks: vec![waiter] })
    }

    pub(super) async fn ready_line(&self, log: &LogBook) -> Result<serde_json::Value, TargetError> {
        let mut first = self.first_line.clone();
        let line = tokio::select! {
            line = first.wait_for(Option::is_some) => line.ok().and_then(|line| line.clone()),
            exit = self.wait() => return Err(TargetError::Ended { exit, output: log.tail(5) }),
            () = tokio::time::sleep(READY) => None,
        };
        line.and_then(|line| serde_json::from_str(&line).ok()).ok_or_else(|| {
            cannot("the hub", &format!("no JSON ready line on stdout within {} s", READY.as_secs()))
        })
    }

    pub(super) async fn wait(&self) -> Exit {
        let mut exit = self.exit.clone();
        let ended = exit.wait_for(Option::is_some).await;
        ended.ok().and_then(|exit| *exit).unwrap_or(Exit::Signal(Signal::KILL.as_raw()))
    }

    pub(super) fn signal(&self, signal: Signal) -> Result<(), TargetError> {
        if self.exit.borrow().is_some() {
            return Ok(());
        }
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or(TargetError::Unable("be signalled: it has no process id"))?;
        match kill_process_group(pid, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(cannot("a signal", &error)),
        }
    }

    pub(super) async fn stop(&self) {
        if self.signal(Signal::TERM).is_ok()
            && tokio::time::timeout(GRACE, self.wait()).await.is_ok()
        {
            self.kill_group();
            return;
        }
        self.kill_group();
        self.wait().await;
    }

    /// Ends what the leader may have left behind in its group.
    fn kill_group(&self) {
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            // The group may be empty already: that is the wished state.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.kill_group();
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn reap(mut child: Child, readers: Vec<JoinHandle<()>>, ended: watch::Sender<Option<Exit>>) {
    let status = child.wait().await;
    for reader in readers {
        // A grandchild may hold the pipe open: its output is not the target's last word.
        let _ = tokio::time::timeout(Duration::from_millis(500), reader).await;
    }
    let exit = match status {
        Ok(status) => status
            .code()
            .map(Exit::Code)
            .or_else(|| status.signal().map(Exit::Signal))
            .unwrap_or(Exit::Code(-1)),
        Err(_) => Exit::Code(-1),
    };
    ended.send_replace(Some(exit));
}

async fn read_lines(
    pipe: impl AsyncRead + Unpin,
    log: Arc<LogBook>,
    first: Option<watch::Sender<Option<String>>>,
) {
    let mut lines = BufReader::new(pipe).split(b'\n');
    let mut waiting = first;
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line);
        match waiting.take() {
            Some(first) => {
                first.send_replace(Some(line.into_owned()));
            }
            None => log.push(&line),
        }
    }
}

/// Something of ours, or the command itself, that does not go.
pub(super) fn cannot(what: &str, reason: &dyn std::fmt::Display) -> TargetError {
    TargetError::CannotStart { what: what.to_owned(), reason: reason.to_string() }
}

/// How long a process has to end after SIGTERM before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// Variables that mean something to a trust: our own environment must not speak into a target's.
const OF_A_TRUST: [&str; 19] = [
    "AES_KEY_BASE64",
    "ALL_PROXY",
    "CENTRAL_HUB_API_URL",
    "EXPECTED_TRUST_ID",
    "FL_BIND_ADDRESS",
    "FL_ENDPOINT",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TRUST_API_KEY",
    "TRUST_API_KEY_HEADER",
    "TRUST_INTERNAL_SERVICE_KEY",
    "TZ",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];
/// How long a hub process has to print its ready line.
const READY: Duration = Duration::from_secs(20);
