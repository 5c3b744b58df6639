//! Who is there, before what it does: hubs that are two, caches, keys nobody knows, certificates, and
//! trusts that are not what was started. Each is said once, with its owner, and nothing else is judged.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};

use contract::capture::Exchange;
use e2e::raw_hub::RawHub;
use e2e::{Beside, Finished, flipcheck, flipcheck_path, run};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// A reply in full, dated now unless the headers say otherwise.
fn reply(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

fn health() -> String {
    reply("200 OK", "", r#"{"status":"ok","message":"flip is running","version":"v0.8.0"}"#)
}

fn known() -> String {
    reply("422 Unprocessable Entity", "", r#"{"detail":[]}"#)
}

fn unknown() -> String {
    reply("401 Unauthorized", "", r#"{"detail":"Invalid API Key."}"#)
}

fn honest(call: &Exchange) -> String {
    match call.path.as_str() {
        "/api/health" => health(),
        "/api/cohort/results" => known(),
        _ => unknown(),
    }
}

/// A folder with an access file and one kit.
fn access(kit: &str) -> TempDir {
    let folder = tempdir().expect("a folder");
    write_private(&folder.path().join("ALPHA.env"), kit);
    write_private(&folder.path().join("access.toml"), "kits = [\"ALPHA.env\"]\n");
    folder
}

const KIT: &str = "TRUST_NAME=Alpha Hospital\nTRUST_API_KEY=worthless-key-of-alpha\n";

fn write_private(path: &Path, text: &str) {
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("private");
}

/// Judges a hub; the whole report in one line, however it was wrapped.
fn judge(folder: &Path, url: &str, more: &[&str]) -> (Finished, String) {
    let target = format!("url:{url}");
    let args = [&["run", "--hub", &target, "--report", "json=a.json"], more].concat();
    let done = run(folder, &args);
    let words = unwrapped(&done.stdout);
    (done, words)
}

fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The one problem of the run, and that nothing else was judged.
#[track_caller]
fn only_problem(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("a.json")).expect("a report");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let counts = report["counts"].as_object().expect("counts");
    let judged = ["passed", "failed", "warned"].iter().any(|outcome| counts.contains_key(*outcome));
    assert!(!judged, "something was judged all the same: {counts:?}");
    let problems = report["problems"].as_array().expect("problems");
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].clone()
}

fn url_of(hub: &RawHub) -> String {
    format!("http://{}/api", hub.address())
}

#[test]
fn two_hubs_behind_one_address_are_said_once() {
    // A balancer that turns with every connection, and one that turns with every call.
    let calls = AtomicU64::new(0);
    let hubs = [
        RawHub::start(|call| match call.path.as_str() {
            "/api/cohort/results" if call.connection % 2 == 0 => unknown(),
            _ => honest(call),
        }),
        RawHub::start(move |call| {
            let turn = calls.fetch_add(1, Ordering::Relaxed);
            if call.path == "/api/cohort/results" && turn.is_multiple_of(2) {
                unknown()
            } else {
                honest(call)
            }
        }),
    ];
    for hub in &hubs {
        let folder = access(KIT);
        let (done, words) = judge(folder.path(), &url_of(hub), &["--hub-access", "access.toml"]);
        done.expect_code(3);
        assert!(
            words.contains("two hubs answer at this URL: one says version v0.8.0 and"),
            "{words}"
        );
        assert!(
            words.contains("knows the key") && words.contains("nothing else was judged"),
            "{words}"
        );
        assert_eq!(only_problem(folder.path())["owner"], "hub admin");
    }
}

#[test]
fn two_versions_at_one_address_are_two_hubs() {
    let hub = RawHub::start(|call| match call.connection % 3 {
        0 => reply("200 OK", "", r#"{"status":"ok","version":"v0.9.0"}"#),
        _ => honest(call),
    });
    let folder = tempdir().expect("a folder");
    let (done, words) = judge(folder.path(), &url_of(&hub), &[]);
    done.expect_code(3);
    assert!(words.contains("one says version v0.8.0, another says version v0.9.0"), "{words}");
}

#[test]
fn answers_from_a_cache_are_said_once() {
    let hit = "Age: 3\r\nX-Cache: Hit\r\n";
    let asked = AtomicU64::new(0);
    let by_path = RawHub::start(move |call| {
        if call.path == "/api/tasks/pending" && asked.fetch_add(1, Ordering::Relaxed) > 0 {
            return reply("401 Unauthorized", hit, r#"{"detail":"Invalid API Key."}"#);
        }
        honest(call)
    });
    let health_alone = RawHub::start(move |call| match call.path.as_str() {
        "/api/health" => reply("200 OK", hit, r#"{"status":"ok","version":"v0.8.0"}"#),
        _ => honest(call),
    });
    for (hub, words) in [
        (&by_path, "key was answered from a cache (Age: 3, X-Cache: Hit): no caching below /api/"),
        (&health_alone, "GET /api/health was answered from a cache (Age: 3, X-Cache: Hit)"),
    ] {
        let folder = tempdir().expect("a folder");
        let (done, told) = judge(folder.path(), &url_of(hub), &[]);
        done.expect_code(3);
        assert!(told.contains(words), "{told}");
        assert_eq!(only_problem(folder.path())["owner"], "hub admin");
    }
}

#[test]
fn a_cache_that_hides_still_repeats_a_date() {
    let now = "Mon, 30 Nov 2026 12:00:00 GMT";
    let hub = RawHub::start(move |call| match call.path.as_str() {
        "/api/health" => reply("200 OK", &format!("Date: {now}\r\n"), r#"{"version":"v0.8.0"}"#),
        _ => honest(call),
    });
    let folder = tempdir().expect("a folder");
    let (done, words) = judge(folder.path(), &url_of(&hub), &[]);
    done.expect_code(3);
    assert!(words.contains("answered from a cache (the same Date for"), "{words}");
}

#[test]
fn tasks_of_one_key_given_to_another_break_a_clause() {
    let served = AtomicU64::new(0);
    let tasks = || reply("200 OK", "", r#"{"trust_id":"a","tasks":[]}"#);
    let hub = RawHub::start(move |call| {
        let right = call.request_header("authorization") == Some("worthless-key-of-alpha");
        match call.path.as_str() {
            "/api/trust/heartbeat" => reply("200 OK", "", "{}"),
            "/api/tasks/pending" if right => {
                served.fetch_add(1, Ordering::Relaxed);
                tasks()
            }
            "/api/tasks/pending" if served.load(Ordering::Relaxed) > 0 => tasks(),
            _ => honest(call),
        }
    });
    let folder = access(&format!("{KIT}TRUST_API_KEY_HEADER=Authorization\n"));
    let path = folder.path().join("access.toml");
    write_private(&path, "kits = [\"ALPHA.env\"]\nallow_changes = true\n");
    let (done, words) = judge(folder.path(), &url_of(&hub), &["--hub-access", "access.toml"]);
    done.expect_code(1);
    assert!(
        words.contains("HUB-AUTH-02 broken: GET /tasks/pending with a key nobody has"),
        "{words}"
    );
    assert_eq!(only_problem(folder.path())["requirement"], "HUB-AUTH-02");
}

#[test]
fn a_key_the_hub_does_not_know_is_no_fault_of_the_hub() {
    let hub = RawHub::start(|call| match call.path.as_str() {
        "/api/health" => health(),
        _ => unknown(),
    });
    let folder = access(KIT);
    let (done, words) = judge(folder.path(), &url_of(&hub), &["--hub-access", "access.toml"]);
    done.expect_code(3);
    let told = "ALPHA.env: this hub does not know its key (401 Invalid API Key.): nothing that needs it was judged";
    assert!(words.contains(told), "{words}");
    only_problem(folder.path());
}

#[test]
fn tokens_and_the_internal_key_are_tried_too() {
    let hub = RawHub::start(honest);
    for (member, told) in [
        ("user_token", "user_token: this hub does not take it (401 Invalid API Key.)"),
        ("internal_key", "internal_key: this hub does not know it (401 Invalid API Key.)"),
    ] {
        let folder = access(KIT);
        let text = format!("kits = [\"ALPHA.env\"]\n{member} = \"stale-and-worthless\"\n");
        write_private(&folder.path().join("access.toml"), &text);
        let (done, words) = judge(folder.path(), &url_of(&hub), &["--hub-access", "access.toml"]);
        done.expect_code(3);
        assert!(words.contains(told) && !words.contains("stale-and"), "{words}");
    }
}

#[test]
fn a_kit_nobody_reads_alike_is_refused_before_anything_is_asked() {
    let hub = RawHub::start(honest);
    for (kit, told) in [
        (format!("\u{feff}{KIT}"), "ALPHA.env: line 1 begins with a byte order mark"),
        (
            KIT.replace("of-alpha", "of-alpha\u{200b}"),
            "ALPHA.env: line 2 holds an invisible character (U+200B) at TRUST_API_KEY",
        ),
        (
            format!("{KIT}TRUST_API_KEY=stale\n"),
            "line 3 sets TRUST_API_KEY again, after line 2: line 2 for sed",
        ),
    ] {
        let folder = access(&kit);
        let (done, _) = judge(folder.path(), &url_of(&hub), &["--hub-access", "access.toml"]);
        assert!(unwrapped(&done.stderr).contains(told), "{}", done.stderr);
        done.expect_code(2);
    }
    assert!(hub.take().is_empty());
}

#[test]
fn the_cause_of_a_connection_error_is_told() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/api", port.local_addr().expect("an address"));
    drop(port);
    let folder = tempdir().expect("a folder");
    let (done, words) = judge(folder.path(), &url, &[]);
    done.expect_code(3);
    assert!(words.contains("Connection refused"), "{words}");
}

/// A mock hub that speaks TLS, as a process of its own.
struct TlsHub {
    _process: Beside,
    ready: Value,
}

impl TlsHub {
    fn start(folder: &Path) -> Self {
        let args = ["hub", "--tls", "--conduct", "ideal"];
        let mut process = Beside::start(flipcheck(folder, &args).stdout(Stdio::piped()));
        let mut line = String::new();
        let stdout = process.0.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a ready line");
        Self { _process: process, ready: serde_json::from_str(&line).expect("JSON") }
    }

    fn url(&self) -> &str {
        self.ready["api_url"].as_str().expect("a URL")
    }

    fn ca(&self) -> &str {
        self.ready["ca_path"].as_str().expect("a path")
    }

    async fn shows(&self, kind: &str) {
        let url = self.ready["control_url"].as_str().expect("a URL");
        let token = self.ready["control_token"].as_str().expect("a token");
        let call = reqwest::Client::new().post(format!("{url}/control/listeners/hub-api"));
        let call = call.bearer_auth(token).json(&serde_json::json!({"tls": kind}));
        call.send().await.expect("an answer").error_for_status().expect("granted");
    }
}

#[tokio::test]
async fn a_certificate_that_callers_refuse_breaks_its_clause_and_says_why() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempdir().expect("a folder");
    let hub = TlsHub::start(folder.path());
    let (done, words) = judge(folder.path(), hub.url(), &[]);
    done.expect_code(1);
    assert!(words.contains("HUB-DEPLOY-05 broken:"), "{words}");
    assert!(
        words.contains("sends its leaf alone (issuer \"Private CA of a mock\" is missing"),
        "{words}"
    );
    let problem = only_problem(folder.path());
    assert_eq!(
        (&problem["requirement"], &problem["owner"]),
        (&"HUB-DEPLOY-05".into(), &"hub admin".into())
    );
    for (kind, told) in [
        ("expired", "ended on 2021-12-31"),
        ("wrong-name", "is for another name"),
        ("unknown-issuer", "sends its leaf alone (issuer \"CA of somebody else\" is missing"),
    ] {
        hub.shows(kind).await;
        let target = format!("url:{}", hub.url());
        let mut command = flipcheck(folder.path(), &["run", "--hub", &target]);
        let done =
            Finished::from(command.env("SSL_CERT_FILE", hub.ca()).output().expect("it starts"));
        let words = unwrapped(&done.stdout);
        assert!(words.contains("HUB-DEPLOY-05 broken:") && words.contains(told), "{kind}: {words}");
        done.expect_code(1);
    }
}

#[test]
fn plain_http_on_the_port_of_tls_breaks_the_same_clause() {
    let hub = RawHub::start(honest);
    let folder = tempdir().expect("a folder");
    let (done, words) = judge(folder.path(), &format!("https://{}/api", hub.address()), &[]);
    done.expect_code(1);
    assert!(
        words.contains("HUB-DEPLOY-05 broken:") && words.contains("it answers plain HTTP there"),
        "{words}"
    );
}

fn judge_trust(command: &str) -> (Finished, String) {
    let folder = tempdir().expect("a folder");
    let target = format!("process:sh -c '{command}'");
    let args = ["run", "--trust", &target, "--tags", "@TRUST-ID-04", "--report", "json=a.json"];
    let done = run(folder.path(), &args);
    let words = unwrapped(&done.stdout);
    if done.code == 3 {
        assert_eq!(only_problem(folder.path())["owner"], "trust operator");
    }
    (done, words)
}

#[test]
fn a_launcher_is_not_the_trust_it_leaves_behind() {
    let trust = flipcheck_path();
    let (done, words) = judge_trust(&format!("{} trust >/dev/null 2>&1 & exit 0", trust.display()));
    done.expect_code(3);
    assert!(
        words
            .contains("is not the one that calls: it ended with exit code 0 and the calls went on"),
        "{words}"
    );
    assert!(words.contains("the process started (pid "), "{words}");
}

#[test]
fn two_trusts_with_one_kit_are_said_once() {
    let trust = flipcheck_path().display().to_string();
    let second = format!("sleep 0.2; TRUST_API_PORT=0 exec {trust} trust");
    let (done, words) = judge_trust(&format!("({second}) & exec {trust} trust"));
    done.expect_code(3);
    assert!(
        words.contains("another caller uses this kit: its heartbeats come in two rhythms"),
        "{words}"
    );
}
