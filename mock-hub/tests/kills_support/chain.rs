//! One file, and a hub that is killed on it again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicUsize;

use contract::key::sha256_hex;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use super::holdings::{Deed, Holdings, ModelHeld, TaskHeld, TrustHeld, uuid};
use super::process::{Link, Process};
use super::worker::{Worker, key};

/// Kills a hub `kills` times; tells what was lost or invented.
pub async fn run(seed: u64, kills: usize, arguments: &[&str]) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hub.state");
    let mut dice = StdRng::seed_from_u64(seed);
    let mut workers: Vec<Worker> =
        (0..WORKERS).map(|at| Worker::new(format!("w{at}"), dice.random())).collect();
    let mut hub = Process::start(&file, arguments).await;
    for kill in 1..=kills {
        let limit = dice.random_range(1..=ACKNOWLEDGED_MAX);
        let acknowledged = AtomicUsize::new(0);
        let work = workers.iter_mut().map(|worker| worker.work(&hub, &acknowledged, limit));
        join_all(work).await;
        hub.gone().await;
        let told = |reason: String| format!("seed {seed}, kill {kill} after {limit}: {reason}");
        sound(&file).map_err(told)?;
        hub = Process::start(&file, arguments).await;
        judge(&hub.link, &mut workers).await.map_err(told)?;
    }
    Ok(())
}

/// The file as it lies there is a whole database. A copy is looked at: the next start shall find it
/// as the kill left it.
fn sound(file: &Path) -> Result<(), String> {
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["hub.state", "hub.state-wal"] {
        let from = file.with_file_name(name);
        if from.exists() {
            std::fs::copy(&from, copy.path().join(name)).expect("copied");
        }
    }
    let database = Connection::open(copy.path().join("hub.state")).expect("a database");
    let verdict: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(|error| error.to_string())?;
    if verdict == "ok" { Ok(()) } else { Err(format!("integrity_check: {verdict}")) }
}

async fn judge(link: &Link, workers: &mut [Worker]) -> Result<(), String> {
    let get = async |path: &str| link.control(Method::GET, path, None).await.expect("it answers");
    let snapshot = get("/control/snapshot").await;
    let trusts = get("/control/trusts").await;
    let (mut models, mut queries) = (BTreeMap::new(), BTreeMap::new());
    for worker in &*workers {
        let (open_model, open_query) = match &worker.open {
            Some(Deed::Model { id, .. }) => (Some(*id), None),
            Some(Deed::Ask { query, .. }) => (None, Some(*query)),
            _ => (None, None),
        };
        // Only what is known by id can be asked for; how many there are is compared below.
        for id in worker.held.models.keys().copied().chain(open_model) {
            if let Some(model) = link.maybe(&format!("/control/models/{id}")).await {
                models.insert(id, model);
            }
        }
        for id in worker.held.queries.keys().copied().chain(open_query) {
            if let Some(query) = link.maybe(&format!("/control/queries/{id}")).await {
                queries.insert(id, query);
            }
        }
    }
    let counted = [("models", models.len()), ("queries", queries.len())];
    for (what, known) in counted {
        if snapshot[what] != known {
            return Err(format!("{} {what} instead of {known}", snapshot[what]));
        }
    }
    for worker in &mut *workers {
        let found = found(worker, &snapshot, &trusts, &models, &queries);
        worker.settle(&found)?;
    }
    registry(&snapshot, workers)
}

/// What the hub holds of one caller's.
fn found(
    worker: &Worker,
    snapshot: &Value,
    trusts: &Value,
    models: &BTreeMap<Uuid, Value>,
    queries: &BTreeMap<Uuid, Value>,
) -> Holdings {
    let mut found = Holdings::default();
    let own = |name: &str| name.split('-').next() == Some(worker.mark.as_str());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for row in list(trusts).filter(|row| own(&text(&row["name"]))) {
        let beat = row["services"]["trust-api"]["version"].as_str().map(str::to_owned);
        let (name, slot) = (text(&row["name"]), text(&row["slot"]));
        let held = TrustHeld { name, slot, beat, ..TrustHeld::default() };
        found.trusts.insert(uuid(&row["id"]), held);
    }
    for row in list(&snapshot["tasks"]) {
        let payload: Value = serde_json::from_str(&text(&row["plaintext"])).unwrap_or_default();
        let label = text(&payload["label"]);
        if own(&label) {
            let task = TaskHeld {
                label,
                status: text(&row["status"]),
                deliveries: row["deliveries"].as_u64().unwrap_or_default(),
                success: row["success"].as_bool(),
                result: row["result"].as_str().map(str::to_owned),
            };
            let trust = found.trusts.entry(uuid(&row["trust_id"])).or_default();
            trust.tasks.insert(uuid(&row["id"]), task);
        }
    }
    for row in list(&snapshot["audit"]).filter(|row| own(&text(&row["name"]))) {
        if row["action"] == "delete" {
            found.deleted.insert(uuid(&row["trust_id"]));
        }
    }
    let opened =
        |id: &Uuid| matches!(&worker.open, Some(Deed::Model { id: open, .. }) if open == id);
    let of_model = |id: &Uuid| worker.held.models.contains_key(id) || opened(id);
    for (id, row) in models.iter().filter(|(id, _)| of_model(id)) {
        found.models.insert(*id, model(row));
    }
    let opened = |id: &Uuid| matches!(&worker.open, Some(Deed::Ask { query, .. }) if query == id);
    let of_query = |id: &Uuid| worker.held.queries.contains_key(id) || opened(id);
    for (id, row) in queries.iter().filter(|(id, _)| of_query(id)) {
        let counts = row["trust_record_counts"].as_object().into_iter().flatten();
        let counts = counts.map(|(trust, count)| {
            (trust.parse().expect("a UUID"), count.as_i64().unwrap_or_default())
        });
        found.queries.insert(*id, counts.collect());
    }
    found
}

fn model(row: &Value) -> ModelHeld {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let trust = |value: &Value| value.as_str().and_then(|text| text.parse::<Uuid>().ok());
    ModelHeld {
        status: text(&row["status"]),
        members: list(&row["trust_ids"]).map(uuid).collect(),
        metrics: list(&row["metrics"])
            .map(|row| (text(&row["label"]), uuid(&row["trust_id"])))
            .collect(),
        logs: list(&row["logs"]).map(|row| (text(&row["log"]), trust(&row["trust_id"]))).collect(),
    }
}

/// What all callers share: nothing unknown, each slot once, each key its trust's, audit without gaps.
fn registry(snapshot: &Value, workers: &[Worker]) -> Result<(), String> {
    let known: BTreeSet<Uuid> =
        workers.iter().flat_map(|w| w.held.trusts.keys().copied()).collect();
    let mut slots: Vec<String> = list(&snapshot["free_slots"]).map(Value::to_string).collect();
    for row in list(&snapshot["trusts"]) {
        let id = uuid(&row["id"]);
        if !known.contains(&id) {
            return Err(format!("nobody registered {row}"));
        }
        if row["api_key_hash"] != sha256_hex(key(id).as_bytes()).as_str() {
            return Err(format!("another key opens {row}"));
        }
        slots.push(row["slot"].to_string());
    }
    let different: BTreeSet<&String> = slots.iter().collect();
    if (different.len(), slots.len()) != (SLOTS, SLOTS) {
        return Err(format!("{} slots, {} different", slots.len(), different.len()));
    }
    let mut noted: BTreeMap<(Uuid, String), usize> = BTreeMap::new();
    for row in list(&snapshot["audit"]) {
        *noted.entry((uuid(&row["trust_id"]), row["action"].to_string())).or_default() += 1;
    }
    let gone = workers.iter().flat_map(|worker| worker.held.deleted.iter().copied());
    let deletions: Vec<Uuid> = gone.collect();
    let registrations = known.iter().copied().chain(deletions.iter().copied());
    let wanted: BTreeMap<(Uuid, String), usize> = registrations
        .map(|id| ((id, r#""register""#.to_owned()), 1))
        .chain(deletions.iter().map(|id| ((*id, r#""delete""#.to_owned()), 1)))
        .collect();
    if noted == wanted { Ok(()) } else { Err("the audit tells another story".to_owned()) }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Runs futures side by side in this task.
async fn join_all<F: Future<Output = ()>>(futures: impl Iterator<Item = F>) {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

const WORKERS: usize = 6;
const SLOTS: usize = 64;
/// A kill comes after one to so many acknowledgements.
const ACKNOWLEDGED_MAX: usize = 60;
