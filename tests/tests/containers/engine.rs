//! The Docker of this machine as its own command shows it: no code of what is tested looks here.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// Why there is no Docker to try anything on.
pub(super) fn lack() -> Option<String> {
    let asked =
        Command::new("docker").args(["version", "--format", "{{.Server.Version}}"]).output();
    match asked {
        Ok(told) if told.status.success() => None,
        Ok(told) => {
            let words = String::from_utf8_lossy(&told.stderr).into_owned();
            Some(format!(
                "Docker cannot be used: {}",
                words.lines().next_back().unwrap_or_default()
            ))
        }
        Err(error) => Some(format!("there is no command docker: {error}")),
    }
}

/// The right to use Docker, until it is dropped: also among processes, as nextest starts one a trial.
pub(super) fn turn() -> File {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("containers.lock");
    let lock = File::create(path).expect("a lock");
    lock.lock().expect("our turn");
    lock
}

/// What a `docker` command prints.
#[track_caller]
pub(super) fn docker(args: &[&str]) -> String {
    let told = Command::new("docker").args(args).output().expect("docker starts");
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.status.success(), "docker {args:?}: {words}");
    String::from_utf8_lossy(&told.stdout).into_owned()
}

/// Trusts of ours that are started from now on; the engine forgets its events after a few hundred.
pub(super) struct Starts {
    events: Child,
    reader: Option<JoinHandle<usize>>,
}

impl Starts {
    /// Begins to watch.
    pub(super) fn watch() -> Self {
        let mut command = Command::new("docker");
        command.args(["events", "--filter", "event=start", "--format", "{{.ID}}"]);
        command.args(["--filter", "label=org.flipcheck.role=trust"]);
        let mut events = command.stdout(Stdio::piped()).spawn().expect("docker starts");
        let lines = BufReader::new(events.stdout.take().expect("its output"));
        Self { events, reader: Some(std::thread::spawn(move || lines.lines().count())) }
    }

    /// How many there were so far.
    pub(super) fn count(mut self) -> usize {
        self.events.kill().expect("ours to end");
        let reader = self.reader.take().expect("not counted yet");
        reader.join().expect("it counts")
    }
}

impl Drop for Starts {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.events.kill();
        let _ = self.events.wait();
    }
}

/// `docker ps -a`, `docker network ls` and `docker images`, a line a thing. Things of runs elsewhere on
/// this machine, whose folders are not below `folder`, are none of ours.
pub(super) fn everything(folder: &Path) -> BTreeSet<String> {
    let label = "{{.Label \"org.flipcheck.home\"}}";
    let container = format!("{label}\tcontainer {{{{.ID}}}} {{{{.Names}}}} {{{{.Image}}}}");
    let network = format!("{label}\tnetwork {{{{.ID}}}} {{{{.Name}}}}");
    let listed = docker(&["ps", "--all", "--no-trunc", "--format", &container])
        + &docker(&["network", "ls", "--no-trunc", "--format", &network]);
    let ours = folder.to_string_lossy();
    let labelled = listed.lines().filter_map(|line| {
        let (home, thing) = line.split_once('\t')?;
        (home.is_empty() || home.contains(&*ours)).then(|| thing.to_owned())
    });
    let images = docker(&[
        "images",
        "--all",
        "--no-trunc",
        "--format",
        "image {{.ID}} {{.Repository}}:{{.Tag}}",
    ]);
    labelled.chain(images.lines().map(str::to_owned)).collect()
}

/// Containers of runs whose folders are below `folder`, by id.
pub(super) fn containers_of(folder: &Path) -> BTreeSet<String> {
    let format = "{{.ID}}\t{{.Label \"org.flipcheck.home\"}}";
    let listed = docker(&["ps", "--all", "--no-trunc", "--format", format]);
    let rows = listed.lines().filter_map(|line| line.split_once('\t'));
    let ours = rows.filter(|(_, home)| home.contains(&*folder.to_string_lossy()));
    ours.map(|(id, _)| id.to_owned()).collect()
}
