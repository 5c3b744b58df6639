//! No file and no output of a run holds a secret that was minted for it, in any form.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use e2e::run;
use tempfile::tempdir;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    vec![
        secret.to_owned(),
        STANDARD.encode(bytes),
        STANDARD_NO_PAD.encode(bytes),
        URL_SAFE.encode(bytes),
        URL_SAFE_NO_PAD.encode(bytes),
        hex::encode(bytes),
        hex::encode_upper(bytes),
    ]
}

/// A trust that writes down every secret it was given, then behaves badly enough to be reported.
const TELLTALE: &str = r#"import os, json, sys, time, urllib.request
names = ["TRUST_API_KEY", "TRUST_INTERNAL_SERVICE_KEY", "AES_KEY_BASE64"]
with open(os.environ["FLIPCHECK_TEST_TELLTALE"], "a") as out:
    for name in names:
        out.write(os.environ[name] + "\n")
print("starting with " + os.environ["TRUST_API_KEY"], flush=True)
url = os.environ["CENTRAL_HUB_API_URL"]
while True:
    for method, path in (("POST", "/trust/heartbeat"), ("GET", "/tasks/pending")):
        request = urllib.request.Request(url + path, method=method)
        request.add_header(os.environ["TRUST_API_KEY_HEADER"], os.environ["TRUST_API_KEY"])
        request.add_header("X-Stray", os.environ["TRUST_INTERNAL_SERVICE_KEY"])
        try:
            urllib.request.urlopen(request, timeout=5).read()
        except Exception as error:
            print("error", error, os.environ["AES_KEY_BASE64"], flush=True)
    time.sleep(0.05)
"#;

#[test]
fn no_minted_secret_appears_in_anything_a_run_writes() {
    let dir = tempdir().expect("a folder");
    let aside = tempdir().expect("another folder");
    let told = aside.path().join("told");
    let script = aside.path().join("telltale.py");
    fs::write(&script, TELLTALE).expect("a script");
    let target = format!(
        "process:env FLIPCHECK_TEST_TELLTALE={} python3 {}",
        told.display(),
        script.display()
    );
    let args = [
        "run",
        "--trust",
        &target,
        "--tags",
        "@onboarding or @hygiene",
        "--step-limit",
        "20",
        "--time-scale",
        "0.02",
        "--report",
        "json=a.json",
        "--report",
        "junit=b.xml",
        "--report",
        "ndjson=c.ndjson",
        "--report",
        "markdown=d.md",
        "--report",
        "tap=e.tap",
        "--report",
        "human=f.txt",
    ];
    let done = run(dir.path(), &args);
    assert_ne!(done.code, 0, "a trust that prints its keys does not conform");
    assert!(done.stdout.contains("TRUST-LOG-01"), "{}", done.stdout);

    let secrets: std::collections::BTreeSet<String> = fs::read_to_string(&told)
        .expect("the trust was started")
        .lines()
        // A scenario sets a variable to nothing, which every text holds.
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(secrets.len() >= 3, "{}", secrets.len());
    let written = files(dir.path());
    assert!(written.len() > 6, "{written:?}");
    let mut texts: Vec<(String, String)> = written
        .iter()
        .map(|path| (path.display().to_string(), fs::read_to_string(path).expect("text")))
        .collect();
    texts.push(("stdout".to_owned(), done.stdout));
    texts.push(("stderr".to_owned(), done.stderr));
    for secret in &secrets {
        for form in forms(secret) {
            for (place, text) in &texts {
                assert!(!text.contains(&form), "{place} holds a minted secret");
            }
        }
    }
}
