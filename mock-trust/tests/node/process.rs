//! The binary as a process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::rig::{FOREIGN, Hub, OWN, PAYLOAD_KEY, TRUST_KEY};

fn command(hub: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-trust"));
    command
        .env_clear()
        .envs([
            ("CENTRAL_HUB_API_URL", hub),
            ("TRUST_API_KEY", TRUST_KEY),
            ("TRUST_API_KEY_HEADER", "Authorization"),
            ("AES_KEY_BASE64", PAYLOAD_KEY),
            ("EXPECTED_TRUST_ID", OWN),
            ("FLIPCHECK_TIME_SCALE", "0.02"),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Kills the process when a test fails half-way.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(mut command: Command) -> Self {
        Self(command.spawn().expect("the binary is built"))
    }

    async fn code(&mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.0.try_wait().expect("a child") {
                return status.code();
            }
            assert!(Instant::now() < deadline, "still running");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The first line, which the process prints when it can be used.
    fn ready(&mut self) -> Value {
        let mut line = String::new();
        let out = self.0.stdout.as_mut().expect("piped");
        BufReader::new(out).read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    fn lines(&mut self) -> Vec<String> {
        let out = self.0.stdout.take().expect("piped");
        BufReader::new(out).lines().map_while(Result::ok).collect()
    }

    fn complaint(&mut self) -> String {
        let err = self.0.stderr.take().expect("piped");
        BufReader::new(err).lines().map_while(Result::ok).collect::<Vec<_>>().join("\n")
    }
}

#[tokio::test]
async fn the_ready_line_comes_first_and_sigterm_ends_with_zero() {
    let hub = Hub::honest().await;
    let mut node = Running::start(command(&hub.url));
    hub.wait("/api/tasks/pending", 2).await;
    let pid = node.0.id().to_string();
    let killed = Command::new("kill").arg(&pid).status().expect("kill exists");
    assert!(killed.success());
    assert_eq!(node.code().await, Some(0));
    let lines = node.lines();
    let ready: Value = serde_json::from_str(&lines[0]).expect("JSON");
    assert_eq!((&ready["ready"], &ready["kind"]), (&Value::Bool(true), &"mock-trust".into()));
    assert_eq!((&ready["edition"], &ready["conduct"]), (&"2026.09".into(), &"ideal".into()));
    assert!(ready["health_url"].as_str().is_some_and(|url| url.ends_with("/health")));
    assert!(ready["site"]["control_token"].is_string());
    for line in &lines[1..] {
        let line: Value = serde_json::from_str(line).expect("every line is JSON");
        assert_eq!(line["api"], "trust-api");
    }
}

#[tokio::test]
async fn exit_codes_are_those_of_the_real_node() {
    let hub = Hub::honest().await;
    let mut missing = command(&hub.url);
    missing.env_remove("TRUST_API_KEY");
    let mut missing = Running::start(missing);
    assert_eq!(missing.code().await, Some(1));
    assert!(missing.complaint().contains("TRUST_API_KEY is required"));

    let mut foreign = command(&hub.url);
    foreign.env("EXPECTED_TRUST_ID", FOREIGN);
    let mut foreign = Running::start(foreign);
    assert_eq!(foreign.code().await, Some(2));
    assert!(foreign.lines().join("\n").contains("Wrong kit deployed to this host? Exiting."));
}

#[tokio::test]
async fn an_unknown_mutant_brings_one_line_with_a_suggestion() {
    let mut command = command("http://127.0.0.1:9/api");
    command.args(["--mutant", "runs-altered-payloads"]);
    let mut node = Running::start(command);
    assert_eq!(node.code().await, Some(2));
    let complaint = node.complaint();
    assert_eq!(complaint.lines().count(), 1);
    assert!(complaint.contains("did you mean \"runs-altered-payload\"?"), "{complaint}");
}

#[tokio::test]
async fn a_kit_configures_the_node() {
    let hub = Hub::honest().await;
    let kit = tempfile::NamedTempFile::new().expect("a file");
    let text = format!(
        "TRUST_NAME=Alpha\nCENTRAL_HUB_API_URL={}\nTRUST_API_KEY={TRUST_KEY}\n\
         TRUST_API_KEY_HEADER=X-Trust-API-Key\nAES_KEY_BASE64={PAYLOAD_KEY}\n\
         EXPECTED_TRUST_ID={OWN}\nTRUST_LOG_LEVEL=ERROR\n",
        hub.url
    );
    std::fs::write(kit.path(), text).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-trust"));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.arg("--kit").arg(kit.path()).args(["--conduct", "as-built"]);
    let _node = Running::start(command);
    let beat = &hub.wait("/api/trust/heartbeat", 1).await[0];
    assert_eq!(beat.header("x-trust-api-key"), Some(TRUST_KEY));
}

#[tokio::test]
async fn an_address_beyond_loopback_must_be_meant() {
    let hub = Hub::honest().await;
    let mut refused = command(&hub.url);
    refused.args(["--listen", "0.0.0.0:0"]);
    let mut refused = Running::start(refused);
    assert_eq!(refused.code().await, Some(2));
    assert!(refused.complaint().contains("--allow-non-loopback"));

    for (port, ip) in [(None, "0.0.0.0"), (Some("0"), "127.0.0.1")] {
        let mut open = command(&hub.url);
        open.args(["--listen", "0.0.0.0:0", "--allow-non-loopback"]);
        open.args(port.map(|port| format!("--port={port}")));
        let mut node = Running::start(open);
        let url = node.ready()["health_url"].as_str().expect("a URL").to_owned();
        let port: u16 = url
            .strip_prefix("http://127.0.0.1:")
            .and_then(|rest| rest.strip_suffix("/health")?.parse().ok())
            .expect("called on loopback, wherever it listens");
        assert!(listens_at(ip, port), "{ip}:{port}");
    }
}

#[tokio::test]
async fn a_service_of_the_site_is_a_process_too() {
    let mut service = command("");
    service.args(["site", "--service", "data-access-api", "--listen", "127.0.0.1:0"]);
    let mut service = Running::start(service);
    let ready = service.ready();
    assert_eq!(
        (&ready["kind"], &ready["service"]),
        (&"mock-site".into(), &"data-access-api".into())
    );
    let pid = service.0.id().to_string();
    assert!(Command::new("kill").arg(&pid).status().expect("kill exists").success());
    assert_eq!(service.code().await, Some(0));

    let mut keyless = command("");
    keyless.env_remove("AES_KEY_BASE64").args(["site", "--service", "imaging-api"]);
    let mut keyless = Running::start(keyless);
    assert_eq!(keyless.code().await, Some(1));
    assert!(keyless.complaint().contains("AES_KEY_BASE64 is required"));
}

/// Whether anybody listens at exactly this address.
fn listens_at(ip: &str, port: u16) -> bool {
    let ip: std::net::Ipv4Addr = ip.parse().expect("an address");
    // The kernel writes the four bytes in its own order.
    let local = format!("{:08X}:{port:04X}", u32::from_ne_bytes(ip.octets()));
    let table = std::fs::read_to_string("/proc/net/tcp").expect("Linux");
    table.lines().any(|line| {
        let mut words = line.split_whitespace().skip(1);
        words.next() == Some(&local) && words.nth(1) == Some("0A")
    })
}
