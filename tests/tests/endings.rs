//! However a run ends, it leaves nothing behind: no process, no folder, no key on the disk.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use e2e::{Beside, Finished, flipcheck, flipcheck_path, run, until};
use rustix::process::Signal;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// A run that judges a program which starts another and then sleeps; both write down who they are.
fn a_run_with_a_sleeping_target(folder: &Path) -> (Beside, Vec<u32>) {
    let told = folder.join("pids");
    let script = folder.join("sleeper.sh");
    let text = format!(
        "echo $$ >> {0}\nsleep 300 &\necho $! >> {0}\necho done >> {0}\nwait\n",
        told.display()
    );
    fs::write(&script, text).expect("a script");
    let target = format!("process:sh {}", script.display());
    let mut command = flipcheck(folder, &["run", "--trust", &target]);
    let command = command.env("TMPDIR", folder).stdout(Stdio::null()).stderr(Stdio::null());
    let run = Beside::start(command);
    let pids = until("two programs", || {
        let text = fs::read_to_string(&told).ok()?;
        text.contains("done").then(|| text.lines().filter_map(|line| line.parse().ok()).collect())
    });
    (run, pids)
}

/// Whether it runs; one that ended and was not collected does not.
fn is_alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")))
}

/// Folders of runs below the folder for temporary files.
fn left_behind(folder: &Path) -> Vec<String> {
    let homes = fs::read_dir(folder).expect("a folder").flatten();
    homes
        .filter(|home| home.file_name().to_string_lossy().starts_with("flipcheck-"))
        .flat_map(|home| fs::read_dir(home.path()).expect("a folder").flatten())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("ports-"))
        .collect()
}

fn ends_clean(signal: Signal) {
    let dir = tempdir().expect("a folder");
    let (mut run, pids) = a_run_with_a_sleeping_target(dir.path());
    assert!(pids.iter().all(|pid| is_alive(*pid)), "{pids:?}");
    assert!(!left_behind(dir.path()).is_empty());
    run.signal(signal);
    assert_eq!(run.code(), 130);
    until("the end of its programs", || pids.iter().all(|pid| !is_alive(*pid)).then_some(()));
    assert_eq!(left_behind(dir.path()), [""; 0]);
}

#[test]
fn ctrl_c_leaves_nothing() {
    ends_clean(Signal::INT);
}

#[test]
fn a_pipeline_that_is_cancelled_leaves_nothing() {
    ends_clean(Signal::TERM);
}

#[test]
fn what_a_killed_run_left_is_swept_by_the_next() {
    let dir = tempdir().expect("a folder");
    let (mut killed, pids) = a_run_with_a_sleeping_target(dir.path());
    killed.signal(Signal::KILL);
    killed.code();
    assert!(pids.iter().all(|pid| is_alive(*pid)), "nobody could end them: {pids:?}");
    let mut next = flipcheck(dir.path(), &["run", "--tags", "@TRUST-ID-04"]);
    let done = next.env("TMPDIR", dir.path()).output().expect("flipcheck starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    until("the end of its programs", || pids.iter().all(|pid| !is_alive(*pid)).then_some(()));
    assert_eq!(left_behind(dir.path()), [""; 0]);
}

#[test]
fn a_doctor_names_what_a_killed_run_left_and_removes_it_only_when_told() {
    let dir = tempdir().expect("a folder");
    let (mut killed, pids) = a_run_with_a_sleeping_target(dir.path());
    let look = |args: &[&str]| {
        let mut command = flipcheck(dir.path(), &[&["doctor", "--format", "json"], args].concat());
        // What this machine has in Docker is looked at elsewhere.
        command.env("TMPDIR", dir.path()).env("DOCKER_HOST", "unix:///nonexistent/docker.sock");
        let told = Finished::from(command.output().expect("flipcheck starts")).expect_code(3);
        told.json()["leftovers"].as_array().expect("leftovers").clone()
    };
    assert_eq!(look(&[]), [Value::Null; 0], "it still runs");
    killed.signal(Signal::KILL);
    killed.code();
    let left = left_behind(dir.path());
    for args in [&[][..], &["--sweep"]] {
        assert!(pids.iter().all(|pid| is_alive(*pid)), "nobody was to end them: {pids:?}");
        assert_eq!(left_behind(dir.path()), left);
        let told = look(args);
        let kinds: Vec<&str> = told.iter().filter_map(|thing| thing["kind"].as_str()).collect();
        assert_eq!(kinds, ["program", "program", "folder"], "{told:?}");
        assert!(told.iter().all(|thing| left.iter().any(|run| thing["run"] == run.as_str())));
        for pid in &pids {
            let named = told.iter().filter_map(|thing| thing["name"].as_str());
            assert!(named.clone().any(|name| name.ends_with(&format!("({pid})"))), "{told:?}");
        }
    }
    until("the end of its programs", || pids.iter().all(|pid| !is_alive(*pid)).then_some(()));
    assert_eq!(left_behind(dir.path()), [""; 0]);
    assert_eq!(look(&[]), [Value::Null; 0]);
}

#[test]
fn a_green_run_leaves_nothing_in_its_folder() {
    let dir = tempdir().expect("a folder");
    run(dir.path(), &["run", "--tags", "@TRUST-ID-04"]).expect_code(0);
    assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 0);
}

fn modes(folder: &Path) -> Vec<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let files = fs::read_dir(folder).expect("a folder").flatten();
    let files = files.filter(|entry| entry.path().is_file());
    files.map(|file| file.metadata().expect("a file").permissions().mode() & 0o777).collect()
}

#[test]
fn an_attached_trust_is_judged_and_its_kit_is_taken_away() {
    let dir: TempDir = tempdir().expect("a folder");
    // What one of them moves, closes or arms must not be there for the next.
    let scenarios = [
        "authentication/trust-keys/neither-side-sees-the-other-side-s-key-while-work-is-done",
        "polling/trust-redelivery/a-task-whose-report-met-status-500-is-reported-when-it-comes-again",
        "polling/trust-redelivery/a-task-whose-report-met-status-503-is-reported-when-it-comes-again",
    ]
    .join(",");
    let told = dir.path().join("told");
    let mut command =
        flipcheck(dir.path(), &["run", "--trust", "attach", "--scenario", &scenarios]);
    let out = fs::File::create(&told).expect("a file");
    let mut judge = Beside::start(command.stdout(Stdio::null()).stderr(out));
    let kit = until("the place of the kit", || {
        let text = fs::read_to_string(&told).ok()?;
        let (_, rest) = text.split_once(" . ")?;
        Some(rest.split_once(" && ")?.0.to_owned())
    });
    assert_eq!(modes(&dir.path().join(".flipcheck")), [0o600, 0o600]);
    let start = format!(". {kit} && exec {} trust", flipcheck_path().display());
    let mut trust = Command::new("sh");
    let trust = trust.args(["-c", &start]).current_dir(dir.path()).stdin(Stdio::null());
    let _trust = Beside::start(trust.stdout(Stdio::null()).stderr(Stdio::null()));
    let code = judge.code();
    assert_eq!(code, 0, "{}", fs::read_to_string(&told).unwrap_or_default());
    assert!(!dir.path().join(".flipcheck").exists());
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let dir = tempdir().expect("a folder");
    let judged: &[&str] = &["run", "--tags", "@TRUST-ID-04", "--report", "json=-"];
    for args in [&["list", "requirements"][..], &["run", "--plan"], judged] {
        let mut command = flipcheck(dir.path(), args);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut reader = Beside::start(command);
        drop(reader.0.stdout.take());
        let mut stderr = reader.0.stderr.take().expect("a pipe");
        assert_eq!(reader.code(), 0, "{args:?}");
        let told = std::io::read_to_string(&mut stderr).expect("text");
        assert!(!told.contains("error") && !told.contains("panicked"), "{args:?}: {told}");
    }
}

#[test]
fn a_report_on_stdout_has_it_to_itself() {
    let dir = tempdir().expect("a folder");
    let judge = ["run", "--tags", "@TRUST-ID-04", "--report"];
    let done = run(dir.path(), &[&judge[..], &["json=-"]].concat()).expect_code(0);
    assert_eq!(done.json()["verdict"], "conformant");
    assert!(done.stderr.contains("CONFORMANT"), "{}", done.stderr);
    let done = run(dir.path(), &[&judge[..], &["ndjson=-"]].concat()).expect_code(0);
    let first = done.stdout.lines().next().unwrap_or_default();
    assert!(first.contains("run_started"), "{first}");
    let both = [&judge[..], &["json=-", "--report", "tap=-"]].concat();
    run(dir.path(), &both).expect_complaint(2, &["two reports", "hint:"]);
}

#[test]
fn a_run_keeps_off_the_case_files_of_another_that_still_runs() {
    let dir = tempdir().expect("a folder");
    let broken = ["run", "--mutant", "runs-task-under-wrong-identity", "--tags", "@TRUST-ID-01"];
    run(dir.path(), &broken).expect_code(1);
    let cases = dir.path().join(".flipcheck/cases");
    let files = |folder: &Path| -> usize {
        let entries = fs::read_dir(folder).expect("a folder").flatten();
        entries.filter(|entry| entry.path().extension().is_some_and(|e| e == "json")).count()
    };
    let before = files(&cases);
    assert!(before > 0);
    // As a run does that goes on meanwhile.
    let lock = fs::File::create(cases.join(".lock")).expect("a lock");
    lock.lock().expect("ours");
    run(dir.path(), &["run", "--tags", "@TRUST-ID-04"]).expect_code(0);
    assert_eq!(files(&cases), before, "another run's case files were cleared");
    let done = run(dir.path(), &broken).expect_code(1);
    assert!(done.stdout.contains("/run-"), "{}", done.stdout);
    drop(lock);
    run(dir.path(), &["run", "--tags", "@TRUST-ID-04"]).expect_code(0);
    assert!(!cases.exists() || files(&cases) == 0);
}

#[test]
fn a_case_file_nobody_can_write_is_told_once_and_changes_no_verdict() {
    let dir = tempdir().expect("a folder");
    fs::write(dir.path().join("file"), "in the way").expect("a file");
    let broken = ["run", "--mutant", "runs-task-under-wrong-identity", "--tags", "@TRUST-ID-01"];
    let done = run(dir.path(), &[&broken[..], &["--cases", "file/cases"]].concat()).expect_code(1);
    assert_eq!(done.stderr.matches("note: case file").count(), 1, "{}", done.stderr);
}
