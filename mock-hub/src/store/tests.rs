use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use contract::edition::{EditionId, HeartbeatBody, MetricBody, Schema};
use contract::key::Secret;
use rusqlite::Connection;
use uuid::Uuid;

use super::*;
use crate::domain::{
    CohortCounts, Domain, DomainOptions, HubTime, LogRow, MetricRow, NewTask, NewTrust, Sealing,
    ServiceHealth, Settings,
};
use crate::faults::by_name;
use crate::habits::{Conduct, Habits};

#[tokio::test]
async fn a_hub_made_from_its_file_is_the_hub_that_was_stopped() {
    for id in EditionId::ALL {
        let place = Place::new();
        let habits = Conduct::Ideal.habits(id.row());
        let first = place.open(id, &habits).expect("a new file");
        let model = fill(&first, &habits);
        first.settled().await.expect("written");
        let before = picture(&first, model);
        drop(first);
        let second = place.open(id, &habits).expect("its own file");
        assert_eq!(picture(&second, model), before, "{id}");
        let fresh = second.register(trust("Fresh"), &habits).expect("a slot is free");
        assert!(!before.contains(&fresh.trust.id.to_string()), "{id}: ids repeat after a start");
        let held = second.trusts();
        let taken = held.iter().filter(|other| other.slot == fresh.trust.slot).count();
        assert_eq!(taken, 1, "{id}: one trust a slot");
    }
}

#[tokio::test]
async fn keys_of_the_hub_come_back_and_none_of_a_trust_is_in_the_file() {
    let place = Place::new();
    let id = EditionId::TrustKeys;
    let habits = Conduct::Ideal.habits(id.row());
    let first = place.open(id, &habits).expect("a new file");
    let done = first.register(trust("Alpha"), &habits).expect("a slot is free");
    let kid = done.payload_key.expect("the edition mints one").kid;
    first.rotate_payload_key(Some(Secret::from(NINES)));
    let internal = first.rotate_internal_key(None, true, &habits).expect("a key");
    let own = first.payload_keys().key(&kid).map(<[u8]>::to_vec);
    first.settled().await.expect("written");
    drop(first);
    let second = place.open(id, &habits).expect("its own file");
    assert_eq!(second.payload_keys().text().expose(), NINES);
    assert_eq!(second.internal_key().value().map(Secret::expose), Some(internal.expose()));
    assert_eq!(second.payload_keys().key(&kid).map(<[u8]>::to_vec), own);
    drop(second);
    let bytes = std::fs::read(place.path()).expect("the file");
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds(NINES), "control: the platform's key is in it");
    assert!(!holds(done.api_key.expose()) && !holds(done.site_key.expose()));
    let mode = std::fs::metadata(place.path()).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_file_of_an_older_release_is_migrated_whole_or_not_served() {
    for (old, new) in STEPS {
        let place = Place::new();
        let former = Conduct::Ideal.habits(old.row());
        let first = place.open(old, &former).expect("a new file");
        let model = fill(&first, &former);
        first.set_model_status(model, running_word(old), &former);
        first.settled().await.expect("written");
        let (trusts, tasks) = (first.snapshot().trusts, first.tasks(None, None));
        let rows = first.model(model).expect("it was added");
        drop(first);
        let before = std::fs::read(place.path()).expect("the file");
        let habits = Conduct::Ideal.habits(new.row());
        let second = match place.open(new, &habits) {
            Ok(second) => second,
            Err(error) => {
                assert!(matches!(error, OpenStateError::TooOld { .. }), "{old} {new}: {error}");
                assert_eq!(std::fs::read(place.path()).expect("the file"), before, "untouched");
                assert_eq!(new.row().schema, Schema::CreateMissingTables);
                continue;
            }
        };
        let now: Vec<String> = second.snapshot().trusts.iter().map(|t| format!("{t:?}")).collect();
        let then: Vec<String> = trusts.iter().map(|t| format!("{t:?}")).collect();
        assert_eq!(now, then, "{old} to {new}");
        assert_eq!(second.tasks(None, None), tasks, "{old} to {new}");
        let kept = second.model(model).expect("it is there");
        assert_eq!((kept.status, kept.metrics.len()), ("RUNNING", rows.metrics.len()));
        assert_eq!(kept.logs.len(), rows.logs.len());
        assert_eq!(kept.metrics[0].fl_client_name, rows.metrics[0].fl_client_name);
        assert_eq!(kept.metrics[0].x_value, Some(3.0), "the x axis of older rows is their round");
        drop(second);
        let third = place.open(new, &habits).expect("a second start migrates nothing");
        assert_eq!(third.tasks(None, None), tasks);
    }
}

#[tokio::test]
async fn a_migration_that_drops_rows_is_noticed_unless_that_is_the_fault() {
    let place = Place::new();
    let old = Conduct::Ideal.habits(EditionId::V2026_06.row());
    let first = place.open(EditionId::V2026_06, &old).expect("a new file");
    let model = fill(&first, &old);
    first.settled().await.expect("written");
    drop(first);
    let mut habits = Conduct::Ideal.habits(EditionId::DEFAULT.row());
    (by_name("migration-drops-rows").expect("it is known").apply)(&mut habits);
    let second = place.open(EditionId::DEFAULT, &habits).expect("it starts");
    assert!(second.model(model).expect("it is there").metrics.is_empty());
}

#[tokio::test]
async fn a_failing_migration_stops_the_start_and_changes_nothing() {
    let place = Place::new();
    let old = Conduct::Ideal.habits(EditionId::V2026_06.row());
    let first = place.open(EditionId::V2026_06, &old).expect("a new file");
    let model = fill(&first, &old);
    first.set_model_status(model, "TRAINING_STARTED", &old);
    first.settled().await.expect("written");
    drop(first);
    let sql = "CREATE TRIGGER no BEFORE UPDATE ON model BEGIN SELECT RAISE(ABORT, 'no way'); END";
    place.database().execute_batch(sql).expect("a trigger");
    let before = schema::tables(&place.database()).expect("tables");
    let habits = Conduct::AsBuilt.habits(EditionId::DEFAULT.row());
    let error = place.open(EditionId::DEFAULT, &habits).expect_err("the migration fails");
    assert!(matches!(error, OpenStateError::Migration { .. }), "{error}");
    assert!(error.to_string().contains("no way") && !error.to_string().contains('\n'), "{error}");
    assert_eq!(schema::tables(&place.database()).expect("tables"), before);
    place.database().execute_batch("DROP TRIGGER no").expect("gone");
    place.open(EditionId::DEFAULT, &habits).expect("control: without the trigger it starts");
}

#[tokio::test]
async fn a_newer_release_s_file_is_left_alone_by_an_older_one() {
    let place = Place::new();
    let new = Conduct::Ideal.habits(EditionId::DEFAULT.row());
    drop(place.open(EditionId::DEFAULT, &new).expect("a new file"));
    let before = std::fs::read(place.path()).expect("the file");
    for id in [EditionId::V2026_03, EditionId::V2026_06] {
        let error = place.open(id, &Conduct::AsBuilt.habits(id.row())).expect_err("too new");
        assert!(matches!(error, OpenStateError::TooNew { .. }), "{error}");
        assert!(error.to_string().contains("fl_metrics.") || error.to_string().contains("trust."));
    }
    assert_eq!(std::fs::read(place.path()).expect("the file"), before);
}

#[test]
fn a_file_that_cannot_be_used_is_one_clear_error_and_stays_as_it_is() {
    let habits = Conduct::Ideal.habits(EditionId::DEFAULT.row());
    let open = |place: &Place| place.open(EditionId::DEFAULT, &habits);
    let garbage = Place::new();
    std::fs::write(garbage.path(), "not a database, and long enough to be read as one".repeat(40))
        .expect("written");
    let error = open(&garbage).expect_err("garbage");
    assert!(matches!(error, OpenStateError::Foreign { .. }), "{error:?}");
    let other = Place::new();
    other.database().execute_batch("CREATE TABLE cars (id)").expect("a table");
    let error = open(&other).expect_err("another program's");
    assert!(matches!(error, OpenStateError::Foreign { .. }), "{error:?}");
    let mine = Place::new();
    let first = open(&mine).expect("a new file");
    let error = open(&mine).expect_err("in use");
    assert!(matches!(error, OpenStateError::InUse { .. }), "{error:?}");
    drop(first);
    drop(open(&mine).expect("control: free again"));
    let mut bytes = std::fs::read(mine.path()).expect("the file");
    let middle = 4096..bytes.len();
    bytes[middle].fill(0xff);
    std::fs::write(mine.path(), &bytes).expect("written");
    let error = open(&mine).expect_err("damaged");
    assert!(matches!(error, OpenStateError::Damaged { .. }), "{error:?}");
    assert_eq!(std::fs::read(mine.path()).expect("the file"), bytes);
    for path in [std::path::PathBuf::from("/nowhere/hub.state"), std::env::temp_dir()] {
        let options = DomainOptions { state: Some(path), ..DomainOptions::default() };
        let error = Domain::open(options, &habits).expect_err("no such place");
        assert!(matches!(error, OpenStateError::Unreachable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn time_does_not_run_backwards_over_a_start() {
    let place = Place::new();
    let habits = Conduct::Ideal.habits(EditionId::DEFAULT.row());
    let first = place.open(EditionId::DEFAULT, &habits).expect("a new file");
    let done = first.register(trust("Alpha"), &habits).expect("a slot is free");
    let task = first.queue_task(done.trust.id, task("late")).expect("queued");
    first.advance_ms(24 * 3_600_000, &habits);
    first.poll(&done.trust, &habits).expect("sealed");
    let handed_out = first.task(task).expect("it is there").dispatched_at.expect("handed out");
    first.settled().await.expect("written");
    drop(first);
    let second = place.open(EditionId::DEFAULT, &habits).expect("its own file");
    assert!(second.clock.now() >= handed_out);
    assert!(second.clock.now() < handed_out.plus_minutes(5));
    second.advance_ms(41 * 60_000, &habits);
    let back = second.task(task).expect("it is there");
    assert_eq!((back.status.name(), back.retries), ("PENDING", 1), "recovered on schedule");
}

#[tokio::test]
async fn what_a_failed_write_lost_is_never_acknowledged() {
    let place = Place::new();
    let habits = Conduct::Ideal.habits(EditionId::DEFAULT.row());
    let hub = place.open(EditionId::DEFAULT, &habits).expect("a new file");
    hub.settled().await.expect("written");
    hub.close_file();
    hub.register(trust("Alpha"), &habits).expect("a slot is free");
    assert!(hub.settled().await.is_err());
    assert!(hub.lost_its_file());
}

/// A folder with a state file.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("hub.state")
    }

    fn database(&self) -> Connection {
        Connection::open(self.path()).expect("a database")
    }

    fn open(&self, edition: EditionId, habits: &Habits) -> Result<Domain, OpenStateError> {
        let slot_names = (1..=4).map(|number| format!("Trust_{number}")).collect();
        let options = DomainOptions {
            edition: Some(edition),
            seed: Some(7),
            state: Some(self.path()),
            settings: Settings { slot_names, ..Settings::default() },
            ..DomainOptions::default()
        };
        Domain::open(options, habits)
    }
}

/// One of everything a hub can hold.
fn fill(hub: &Domain, habits: &Habits) -> Uuid {
    let done = hub.register(trust("Alpha's"), habits).expect("a slot is free");
    let gone = hub.register(trust("Gone"), habits).expect("a slot is free");
    hub.register(trust("Gamma"), habits).expect("a slot is free");
    let alpha = done.trust;
    let model = hub.add_model(None, [alpha.id, gone.trust.id]);
    let typed = hub.edition.metric_body == MetricBody::ClientNameWithAxis;
    for client in [&alpha, &gone.trust] {
        let slot = client.slot.as_ref().expect("a slot").name.clone();
        let metric = MetricRow {
            fl_client_name: Some(slot.clone()),
            trust_id: Some(client.id),
            global_round: 3,
            label: "LOSS \"\u{e9}\"".into(),
            result: 0.1 + 0.2,
            x_value: typed.then_some(3.0),
            x_label: typed.then(|| "Steps".to_owned()),
            created_at: hub.clock.now(),
        };
        hub.add_metric(model, metric, habits);
        let log = LogRow {
            fl_client_name: Some(slot),
            trust_id: Some(client.id),
            log: (!typed).then(|| "ValueError: boom".to_owned()),
            event_type: typed.then(|| "ROUND_STARTED".to_owned()),
            global_round: typed.then_some(1),
            details: typed.then(|| serde_json::json!({"a": [1, null]})),
            success: false,
            created_at: hub.clock.now(),
        };
        hub.add_log(model, log).expect("the model is there");
    }
    for text in ["one", "two", "three"] {
        hub.queue_task(alpha.id, task(text)).expect("queued");
        hub.queue_task(gone.trust.id, task(text)).expect("queued");
    }
    let handed_out = hub.poll(&alpha, habits).expect("sealed");
    hub.report(&alpha, handed_out[0].id, true, Some("done".into()), habits).expect("taken");
    hub.report(&alpha, handed_out[1].id, false, None, habits).expect("taken");
    let verbatim = NewTask { sealing: Sealing::Verbatim("as it is".into()), ..task("four") };
    let cancelled = hub.queue_task(alpha.id, verbatim).expect("queued");
    hub.cancel_task(cancelled).expect("not handed out");
    let query = hub.ask_query(None, [alpha.id]);
    let counts = CohortCounts {
        query_id: query,
        trust_id: alpha.id,
        created: "2026-11-21".into(),
        record_count: 42,
        data: Vec::new(),
        error: Some("504: query_timeout".into()),
        suppressed: true,
    };
    hub.record_counts(counts, &habits.cohort).expect("asked");
    let snapshots = hub.edition.heartbeat_body != HeartbeatBody::None;
    let health = ServiceHealth { status: "healthy".into(), version: None, response_ms: Some(3) };
    let services = snapshots.then(|| BTreeMap::from([("xnat".to_owned(), health)]));
    hub.stamp(&alpha, hub.clock.now(), services);
    hub.delete(gone.trust.id, habits).expect("it is there");
    model
}

/// Everything a reader can see of a hub.
fn picture(hub: &Domain, model: Uuid) -> String {
    let snapshot = hub.snapshot();
    let lives: Vec<_> = hub.trusts().iter().map(|trust| trust.liveness()).collect();
    let registered: Vec<(HubTime, Option<String>)> =
        hub.trusts().iter().map(|trust| (trust.created_at, trust.region.clone())).collect();
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{lives:?}\n{registered:?}\n{:?}",
        snapshot.trusts,
        hub.slots_as_dealt(),
        snapshot.tasks,
        (snapshot.queries, snapshot.models),
        snapshot.audit,
        hub.model(model),
    )
}

fn running_word(id: EditionId) -> &'static str {
    let words = id.row().status_words;
    words.iter().copied().find(|word| ["RUNNING", "TRAINING_STARTED"].contains(word)).expect("one")
}

fn trust(name: &str) -> NewTrust {
    let region = Some("London".to_owned());
    NewTrust { name: name.into(), code: name.to_uppercase(), region, ..NewTrust::default() }
}

fn task(text: &str) -> NewTask {
    NewTask {
        id: None,
        task_type: "update_user_profile".into(),
        plaintext: format!(r#"{{"text": "{text}"}}"#).into(),
        sealing: Sealing::Edition,
    }
}

const NINES: &str = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
const STEPS: [(EditionId, EditionId); 6] = [
    (EditionId::V2026_03, EditionId::V2026_06),
    (EditionId::V2026_03, EditionId::V2026_07),
    (EditionId::V2026_03, EditionId::V2026_09),
    (EditionId::V2026_06, EditionId::V2026_07),
    (EditionId::V2026_06, EditionId::TrustKeys),
    (EditionId::V2026_07, EditionId::V2026_09),
];
