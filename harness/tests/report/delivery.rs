//! Writing reports: whole, where they belong, and never with a secret.

use std::io::{BufRead as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use camino::Utf8Path;
use contract::key::Secret;
use harness::event::Event;
use harness::report::{FORMATS, Guard, Ledger, Options, ReportSpec, RunRecord, deliver, new_file};

use super::{record_of, rendered};

const SECRET: &str = "kXw8?Zr/4+quite~a secret&<one>";

fn guard() -> Guard {
    Guard::new(vec![("xnat password".to_owned(), Secret::from(SECRET))])
}

/// The secret in every form a report is searched for.
fn forms() -> Vec<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    vec![
        SECRET.to_owned(),
        STANDARD.encode(SECRET),
        URL_SAFE_NO_PAD.encode(SECRET),
        hex::encode(SECRET),
        hex::encode_upper(SECRET),
        url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect(),
    ]
}

/// A run with that text in a piece of evidence.
fn with_evidence(text: &str) -> RunRecord {
    let mut record = record_of("must-broken");
    let padding = "a word or two ".repeat(4);
    record.results[1].findings[0].finding.evidence[0] = format!("{padding}{text}");
    record
}

fn to_stdout(record: &RunRecord, format: &str, guard: &Guard) -> (Vec<u8>, Option<String>) {
    let spec: ReportSpec = format!("{format}=-").parse().unwrap();
    let mut out = Vec::new();
    let error = deliver(record, &spec, &Options::default(), guard, &mut out).err();
    (out, error.map(|error| error.to_string()))
}

#[test]
fn a_planted_secret_is_masked_in_every_format_and_changes_no_verdict() {
    for format in FORMATS {
        for form in forms() {
            let (out, error) = to_stdout(&with_evidence(&form), format.name, &guard());
            assert_eq!(error, None, "{} {form}", format.name);
            assert_eq!(guard().check_planted(&out), Ok(()), "{} {form}", format.name);
            let text = String::from_utf8(out).unwrap();
            assert!(text.contains("secret:"), "{} {form}: {text}", format.name);
            let verdict = ["not-conformant", "NOT CONFORMANT"];
            assert!(verdict.iter().any(|word| text.contains(word)), "{}", format.name);
        }
    }
}

#[test]
fn a_key_nobody_planted_is_masked_and_a_token_stays() {
    let key = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
    for shown in [key.to_owned(), contract::key::token(key)] {
        let (out, error) = to_stdout(&with_evidence(&shown), "human", &Guard::default());
        assert_eq!(error, None);
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(&contract::key::token(key)) && !text.contains(key), "{text}");
    }
}

#[test]
fn a_report_that_cannot_be_masked_leaves_the_file_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    std::fs::write(&path, "older").unwrap();
    let spec: ReportSpec = format!("json={}", path.display()).parse().unwrap();
    let options = Options::default();
    let run = record_of("must-broken");
    // A name of the format itself: no text of the run can be masked to be rid of it.
    let odd = Guard::new(vec![("odd".to_owned(), Secret::from("schema_version"))]);
    let error = deliver(&run, &spec, &options, &odd, &mut std::io::sink()).unwrap_err();
    assert!(error.to_string().ends_with("secrets: odd"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "older");
    deliver(&run, &spec, &options, &guard(), &mut std::io::sink()).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), rendered(&run, "json"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_place_that_cannot_be_written_to_is_one_line_with_path_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let path = format!("{}/file/report.xml", folder.path().display());
    let spec: ReportSpec = format!("junit={path}").parse().unwrap();
    let run = record_of("all-green");
    let error = deliver(&run, &spec, &Options::default(), &guard(), &mut std::io::sink());
    let told = error.unwrap_err().to_string();
    assert!(told.starts_with(&format!("report junit={path}: ")) && !told.contains('\n'), "{told}");
}

#[test]
fn the_ledger_masks_a_secret_and_keeps_the_result() {
    let record = with_evidence(SECRET);
    let mut out = Vec::new();
    let mut ledger = Ledger::new(&mut out, Arc::new(guard()));
    for line in rendered(&record, "ndjson").lines() {
        ledger.record(&serde_json::from_str(line).unwrap()).unwrap();
    }
    assert_eq!(guard().check(&out), Ok(()));
    let kept = RunRecord::read(&*out).unwrap();
    assert_eq!(kept.summary(), record.summary());
    assert_eq!(kept.problems, record.problems);
}

#[test]
fn every_line_of_the_ledger_is_there_at_once_also_after_a_kill() {
    if let Ok(path) = std::env::var(LEDGER_PATH) {
        return write_until_killed(Utf8Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/events.ndjson");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "delivery::every_line_of_the_ledger_is_there_at_once_also_after_a_kill"])
        .arg("--nocapture")
        .env(LEDGER_PATH, &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = std::io::BufReader::new(child.stdout.take().unwrap());
    let written = said.lines().map(Result::unwrap).any(|line| line.ends_with("WRITTEN"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(written);
    let record = RunRecord::read(&*std::fs::read(&path).unwrap()).unwrap();
    assert!(record.is_cut_short());
    let whole = record_of("must-broken");
    assert_eq!(record.results, whole.results);
    assert_eq!(record.finished, None);
}

/// Tells the test above that it is its own child, and where to write.
const LEDGER_PATH: &str = "LEDGER_PATH";

/// What the child does: writes all events but the last, then waits for what never comes.
fn write_until_killed(path: &Utf8Path) {
    let mut ledger = Ledger::new(new_file(path).unwrap(), Arc::new(guard()));
    for line in rendered(&record_of("must-broken"), "ndjson").lines() {
        let event: Event = serde_json::from_str(line).unwrap();
        if !matches!(event, Event::RunFinished(_)) {
            ledger.record(&event).unwrap();
        }
    }
    std::io::stdout().write_all(b"\nWRITTEN\n").unwrap();
    std::io::stdout().flush().unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// Takes a few bytes, then fails once.
struct FullDisk {
    room: usize,
    written: Arc<parking_lot::Mutex<Vec<u8>>>,
}

impl std::io::Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = bytes.len().min(self.room);
        if count == 0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.room -= count;
        self.written.lock().extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_leaves_a_readable_stream() {
    let written = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let disk = FullDisk { room: 2_000, written: Arc::clone(&written) };
    let mut ledger = Ledger::new(disk, Arc::new(Guard::default()));
    let text = rendered(&record_of("must-broken"), "ndjson");
    let outcomes = text.lines().map(|line| ledger.record(&serde_json::from_str(line).unwrap()));
    let failed = outcomes.filter(Result::is_err).count();
    assert!(failed > 1);
    assert!(RunRecord::read(&**written.lock()).unwrap().is_cut_short());
}
