//! The binary: its ready line, its exit codes, its end.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

fn mock_hub(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hub"));
    command.args(arguments).kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn ready(child: &mut Child) -> Value {
    let stdout = child.stdout.take().expect("a pipe");
    let mut lines = BufReader::new(stdout).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.expect("in time").expect("readable");
    serde_json::from_str(&line.expect("a line")).expect("JSON")
}

async fn signal(child: &Child, name: &str) {
    let pid = child.id().expect("still running").to_string();
    let status = Command::new("kill").args(["-s", name, &pid]).status().await.expect("kill runs");
    assert!(status.success());
}

#[tokio::test]
async fn it_prints_one_ready_line_and_ends_with_0_when_told_to() {
    for name in ["TERM", "INT"] {
        let mut child = mock_hub(&["--edition", "2026.06", "--seed", "5"]).spawn().expect("starts");
        let ready = ready(&mut child).await;
        assert_eq!((&ready["edition"], &ready["seed"]), (&"2026.06".into(), &5.into()));
        signal(&child, name).await;
        let status = timeout(PATIENCE, child.wait()).await.expect("in time").expect("ends");
        assert_eq!(status.code(), Some(0), "{name}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_one_line_a_hint_and_exit_2() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = taken.local_addr().expect("an address").to_string();
    let output = mock_hub(&["--listen", &address]).output().await.expect("runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(output.stdout.is_empty(), "no ready line");
    let mut lines = errors.lines();
    let first = lines.next().unwrap_or_default();
    assert!(first.starts_with("error: ") && first.contains(&address), "{errors}");
    assert!(errors.contains("hint: "), "{errors}");
}

#[tokio::test]
async fn an_address_beyond_loopback_and_an_unknown_fault_are_exit_2() {
    for arguments in [&["--control", "0.0.0.0:0"][..], &["--fault", "nobody-knows-this"]] {
        let output = mock_hub(arguments).output().await.expect("runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_state_file_that_cannot_be_used_is_one_line_a_hint_and_exit_2() {
    let folder = tempfile::tempdir().expect("a folder");
    let garbage = folder.path().join("garbage");
    std::fs::write(&garbage, "no database".repeat(500)).expect("written");
    let nowhere = folder.path().join("nowhere/hub.state");
    for file in [&garbage, &nowhere] {
        let file = file.to_str().expect("a text");
        let output = mock_hub(&["--state", file]).output().await.expect("runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(output.stdout.is_empty() && errors.contains(file), "{errors}");
        assert!(errors.contains("hint: "), "{errors}");
    }
}
