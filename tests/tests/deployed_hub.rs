//! A hub that is not ours: judged over its API alone, with the kits and keys people give us.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use e2e::{Beside, flipcheck, run};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

/// A mock hub as a process of its own; the judge is told its URL and nothing of its control API.
struct Deployed {
    _process: Beside,
    ready: Value,
    folder: TempDir,
}

impl Deployed {
    async fn start(more: &[&str]) -> Self {
        // Another test of this file may have chosen it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempdir().expect("a folder");
        let args = [&["hub", "--conduct", "ideal"], more].concat();
        let mut process = Beside::start(flipcheck(folder.path(), &args).stdout(Stdio::piped()));
        let mut line = String::new();
        let stdout = process.0.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a ready line");
        let hub =
            Self { _process: process, ready: serde_json::from_str(&line).expect("JSON"), folder };
        hub.control("PUT", "/control/limits", json!({"enforced": false})).await;
        hub
    }

    async fn control(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.ready["control_url"].as_str().expect("a URL"));
        let token = self.ready["control_token"].as_str().expect("a token");
        let method = method.parse().expect("a method");
        let call = reqwest::Client::new().request(method, url).bearer_auth(token);
        let call = if body.is_null() { call } else { call.json(&body) };
        let reply = call.send().await.expect("an answer").error_for_status().expect("granted");
        let text = reply.text().await.expect("a body");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Registers two trusts and writes what people would hand us.
    async fn give_access(&self, allow_changes: bool) -> String {
        for (name, code) in [("Alpha Hospital", "ALPHA"), ("Beta Hospital", "BETA")] {
            let made =
                self.control("POST", "/control/trusts", json!({"name": name, "code": code})).await;
            let text = |member: &str| made[member].as_str().unwrap_or_default().to_owned();
            let kit = format!(
                "TRUST_NAME={name}\nTRUST_API_KEY={}\nTRUST_INTERNAL_SERVICE_KEY={}\n\
                 EXPECTED_TRUST_ID={}\nFL_KIT_SLOT={}\n",
                text("trust_api_key"),
                text("trust_internal_service_key"),
                text("id"),
                text("fl_kit_slot"),
            );
            write_private(&self.folder.path().join(format!("{code}.env")), &kit);
        }
        for meaning in ["admin", "user"] {
            let body = json!({"token": format!("token-of-{meaning}-7f3a"), "meaning": meaning});
            self.control("PUT", "/control/tokens", body).await;
        }
        let internal = self.control("PUT", "/control/keys/internal", json!({})).await;
        let access = format!(
            "kits = [\"ALPHA.env\", \"BETA.env\"]\nadmin_token = \"token-of-admin-7f3a\"\n\
             user_token = \"token-of-user-7f3a\"\ninternal_key = \"{}\"\nallow_changes = {allow_changes}\n",
            internal["value"].as_str().expect("a key"),
        );
        let path = self.folder.path().join("access.toml");
        write_private(&path, &access);
        path.to_string_lossy().into_owned()
    }

    /// Judges it; the exit code and the report.
    fn judge(&self, access: &str) -> (i32, Value) {
        let target = format!("url:{}", self.ready["api_url"].as_str().expect("a URL"));
        let args = ["run", "--hub", &target, "--hub-access", access, "--report", "json=a.json"];
        let done = run(self.folder.path(), &args);
        let text = fs::read_to_string(self.folder.path().join("a.json"))
            .unwrap_or_else(|error| panic!("{error}: {}", done.stderr));
        for secret in ["token-of-admin-7f3a", "token-of-user-7f3a"] {
            assert!(!text.contains(secret) && !done.stdout.contains(secret), "{secret} is shown");
        }
        (done.code, serde_json::from_str(&text).expect("JSON"))
    }
}

fn write_private(path: &Path, text: &str) {
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("private");
}

fn count(report: &Value, outcome: &str) -> u64 {
    report["counts"][outcome].as_u64().unwrap_or_default()
}

fn of_outcome(report: &Value, outcome: &str) -> Vec<String> {
    let rows = report["requirements"].as_array().expect("requirements");
    let found = rows.iter().filter(|row| row["outcome"] == outcome);
    found.filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn an_honest_hub_conforms_in_all_that_kits_and_keys_can_show() {
    let hub = Deployed::start(&[]).await;
    let access = hub.give_access(true).await;
    let (code, report) = hub.judge(&access);
    assert_eq!(code, 0, "{report}");
    assert_eq!(of_outcome(&report, "failed"), [""; 0]);
    assert!(count(&report, "passed") >= 75, "{}", report["counts"]);
    for clause in ["HUB-AUTH-01", "HUB-AUTH-06", "HUB-HB-02", "HUB-ERR-01", "HUB-TASK-01"] {
        assert!(of_outcome(&report, "passed").iter().any(|id| id == clause), "{clause}: {report}");
    }
}

#[tokio::test]
async fn nothing_is_changed_on_a_hub_unless_it_is_allowed() {
    let hub = Deployed::start(&[]).await;
    let access = hub.give_access(false).await;
    let trusts = hub.control("GET", "/control/trusts", Value::Null).await;
    let id = trusts[0]["id"].as_str().expect("an id");
    let task = json!({"trust_id": id, "task_type": "update_user_profile",
                      "payload": {"email": "a@example.org", "enabled": true}});
    hub.control("POST", "/control/tasks", task).await;
    let state = async || {
        [
            hub.control("GET", "/control/trusts", Value::Null).await,
            hub.control("GET", "/control/tasks", Value::Null).await,
        ]
    };
    let before = state().await;
    let (code, report) = hub.judge(&access);
    assert_eq!(code, 0, "{report}");
    assert_eq!(state().await, before);
    assert!(count(&report, "passed") >= 40, "{}", report["counts"]);
}

#[tokio::test]
async fn a_broken_hub_is_found_out_over_its_api_alone() {
    let hub = Deployed::start(&["--fault", "accepts-bearer-prefix"]).await;
    let access = hub.give_access(true).await;
    let (code, report) = hub.judge(&access);
    assert_eq!(code, 1, "{report}");
    assert_eq!(of_outcome(&report, "failed"), ["HUB-AUTH-03"]);
}

#[test]
fn a_program_that_serves_the_api_on_its_port_is_a_hub() {
    let dir = tempdir().expect("a folder");
    let judge = |command: &str, tag: &str| {
        let target = format!("process:{command}");
        let report = ["--tags", tag, "--report", "json=a.json"];
        run(dir.path(), &[&["run", "--hub", &target][..], &report].concat())
    };
    let program = e2e::flipcheck_path();
    let hub = format!("{} hub --conduct ideal --listen 127.0.0.1:{{port}}", program.display());
    // It starts, but what needs a kit cannot be judged without one: that is never green.
    let done = judge(&hub, "@HUB-AUTH-03");
    assert_eq!(done.code, 3, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("(--hub-access)"), "{}", done.stdout);
    // The routes that need no key are judged all the same.
    let done = judge(&hub, "@HUB-AUTH-01");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("4 passed"), "{}", done.stdout);
    judge("sh -c 'echo no port {port} for me; exit 7'", "@HUB-AUTH-01")
        .expect_complaint(3, &["exit code 7", "no port"]);
}

#[test]
fn a_file_that_gives_no_access_is_refused_in_one_line() {
    let dir = tempdir().expect("a folder");
    let path = dir.path().join("access.toml");
    write_private(&path, "admin = \"token\"\n");
    let args = ["run", "--hub", "url:http://127.0.0.1:9", "--hub-access", "access.toml"];
    run(dir.path(), &args).expect_complaint(2, &["access.toml, line 1", "hint:"]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("open to all");
    run(dir.path(), &args).expect_complaint(2, &["can be read by others"]);
}
