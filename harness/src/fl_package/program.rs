//! Running a helper program to its end, within a deadline, with its whole process group.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use crate::finding::shorten;
use crate::scratch;

/// How a program ended.
pub(super) struct Ended {
    /// Whether it exited with 0.
    pub(super) good: bool,
    /// stdout.
    pub(super) stdout: String,
    /// stderr.
    pub(super) stderr: String,
}

impl Ended {
    /// The last thing it said, in one line.
    pub(super) fn last_words(&self) -> String {
        let said = [&self.stderr, &self.stdout];
        let mut lines = said.iter().flat_map(|text| text.lines().rev()).map(str::trim);
        let last = lines.find(|line| !line.is_empty() && !line.starts_with("[notice]"));
        shorten(last.unwrap_or("it said nothing"))
    }
}

/// Runs a program with `input` on its stdin; an error is one line.
pub(super) async fn run(
    command: &mut Command,
    input: &[u8],
    deadline: Duration,
) -> Result<Ended, String> {
    command.envs(scratch::mark()).process_group(0).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let group = Group(child.id());
    let (mut stdin, mut stdout, mut stderr) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async {
        let write = async {
            if let Some(mut pipe) = stdin.take() {
                // A program that ends early need not have read everything.
                let _ = pipe.write_all(input).await;
            }
        };
        let read = async |pipe: Option<&mut (dyn tokio::io::AsyncRead + Unpin + Send)>| {
            let mut bytes = Vec::new();
            if let Some(pipe) = pipe {
                let _ = pipe.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes).await;
            }
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let out = read(stdout.as_mut().map(|pipe| pipe as _));
        let err = read(stderr.as_mut().map(|pipe| pipe as _));
        let ((), stdout, stderr) = tokio::join!(write, out, err);
        let status = child.wait().await.map_err(|error| error.to_string())?;
        Ok(Ended { good: status.success(), stdout, stderr })
    };
    let ended = timeout(deadline, work).await;
    drop(group);
    ended.unwrap_or_else(|_| Err(format!("not done within {} s", deadline.as_secs())))
}

/// Ends whatever is left of the program's group.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let pid = self.0.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // An empty group is the wished state.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// More output than this is not kept.
const OUTPUT_BYTES_MAX: u64 = 32 * 1024 * 1024;
