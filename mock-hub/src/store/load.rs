//! Reading a file whole, once, before anything is served.

use std::path::Path;

use rusqlite::types::{FromSql, ValueRef};
use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::OpenStateError;
use super::change::{Loaded, ModelRecord, SlotRecord, TrustRecord};
use super::layout::{ENVIRONMENT, Layout, TableLayout};
use super::sealing;
use super::write::{DELETED, REGISTERED};
use crate::domain::{
    AuditAction, AuditRow, CohortCounts, HubTime, KeyHash, Liveness, LogRow, MetricRow, Task,
    TaskStatus, status_word_known,
};

/// Everything the file holds. A table that lacks a column cannot be read and counts as empty: what
/// serves such a file fails on every route that touches it.
pub(super) fn everything(
    path: &Path,
    db: &Connection,
    layout: &Layout,
    lacking: &[String],
) -> Result<Loaded, OpenStateError> {
    let reader = Reader { db, layout, lacking };
    reader.everything().map_err(|error| match error {
        Unreadable::Database(error) => OpenStateError::of(path, &error),
        Unreadable::Row { table, reason } => OpenStateError::Damaged {
            path: path.to_owned(),
            reason: format!("a row of {table} {reason}"),
        },
    })
}

struct Reader<'f> {
    db: &'f Connection,
    layout: &'f Layout,
    lacking: &'f [String],
}

/// Why a row is not read.
enum Unreadable {
    Database(rusqlite::Error),
    Row { table: &'static str, reason: String },
}

impl From<rusqlite::Error> for Unreadable {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

type Read<T> = Result<T, String>;

impl Reader<'_> {
    fn everything(&self) -> Result<Loaded, Unreadable> {
        let layout = self.layout;
        let mut loaded = Loaded::default();
        self.each(ENVIRONMENT, |row| {
            loaded.environment.insert(row.need("name")?, row.need("value")?);
            Ok(())
        })?;
        let mut keys = std::collections::HashMap::new();
        if layout.in_environment() {
            self.each(layout.registry_table(), |row| {
                keys.insert(row.id("id")?, KeyEntry::read(row)?);
                Ok(())
            })?;
        }
        self.each("trust", |row| {
            let id = row.id("id")?;
            let entry = match keys.remove(&id) {
                Some(entry) => entry,
                None => KeyEntry::read(row)?,
            };
            loaded.trusts.push(trust(row, id, entry)?);
            Ok(())
        })?;
        self.each(layout.slot_table(), |row| {
            loaded.slots.push(slot(row)?);
            Ok(())
        })?;
        self.each(layout.audit_table(), |row| {
            loaded.audit.push(audit(row)?);
            Ok(())
        })?;
        self.each("trust_task", |row| {
            loaded.tasks.push((row.id("trust_id")?, task(row)?));
            Ok(())
        })?;
        self.queries(&mut loaded)?;
        self.models(&mut loaded)?;
        Ok(loaded)
    }

    fn queries(&self, loaded: &mut Loaded) -> Result<(), Unreadable> {
        self.each("query", |row| {
            loaded.queries.push(row.id("id")?);
            Ok(())
        })?;
        self.each("query_trust_intersect", |row| {
            loaded.addressed.push((row.id("query_id")?, row.id("trust_id")?));
            Ok(())
        })?;
        self.each("query_result", |row| {
            loaded.counts.push(counts(row)?);
            Ok(())
        })
    }

    fn models(&self, loaded: &mut Loaded) -> Result<(), Unreadable> {
        self.each("model", |row| {
            let word: String = row.need("status")?;
            let status = status_word_known(self.layout.edition, &word)
                .ok_or_else(|| format!("has the unknown status {word:?}"))?;
            let (id, heard_at) = (row.id("id")?, row.time("heard_at")?.unwrap_or(EPOCH));
            loaded.models.push(ModelRecord { id, status, heard_at });
            Ok(())
        })?;
        self.each("model_trust_intersect", |row| {
            loaded.members.push((row.id("model_id")?, row.id("trust_id")?));
            Ok(())
        })?;
        self.each("fl_metrics", |row| {
            loaded.metrics.push((row.id("model_id")?, metric(row)?));
            Ok(())
        })?;
        self.each("fl_logs", |row| {
            loaded.logs.push((row.id("model_id")?, log(row)?));
            Ok(())
        })
    }

    /// Shows every row of a table, in the order in which they came.
    fn each(
        &self,
        name: &'static str,
        mut take: impl FnMut(&RowOf<'_>) -> Read<()>,
    ) -> Result<(), Unreadable> {
        let Some(table) = self.layout.table(name) else { return Ok(()) };
        let sql = format!("SELECT {} FROM {name} ORDER BY rowid", table.column_list());
        let mut statement = match self.db.prepare(&sql) {
            Err(_) if self.lacks(name) => return Ok(()),
            prepared => prepared?,
        };
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(&RowOf { row, table })
                .map_err(|reason| Unreadable::Row { table: name, reason })?;
        }
        Ok(())
    }

    fn lacks(&self, table: &str) -> bool {
        self.lacking.iter().any(|name| name.split('.').next() == Some(table))
    }
}

/// A row by the names of its columns; a column the edition does not have is null.
struct RowOf<'r> {
    row: &'r Row<'r>,
    table: &'r TableLayout,
}

impl RowOf<'_> {
    fn maybe<T: FromSql>(&self, column: &str) -> Read<Option<T>> {
        let at = self.table.columns.iter().position(|(name, _)| *name == column);
        let Some(at) = at else { return Ok(None) };
        let value = self.row.get_ref(at).map_err(|error| error.to_string())?;
        if value == ValueRef::Null {
            return Ok(None);
        }
        let wrong = |_| format!("has a {column} of another kind");
        T::column_result(value).map(Some).map_err(wrong)
    }

    fn need<T: FromSql>(&self, column: &str) -> Read<T> {
        self.maybe(column)?.ok_or_else(|| format!("has no {column}"))
    }

    fn id(&self, column: &str) -> Read<Uuid> {
        self.maybe_id(column)?.ok_or_else(|| format!("has no {column}"))
    }

    fn maybe_id(&self, column: &str) -> Read<Option<Uuid>> {
        let text: Option<String> = self.maybe(column)?;
        let read = |text: String| Uuid::try_parse(&text);
        text.map(read).transpose().map_err(|_| format!("has a {column} that is no UUID"))
    }

    fn time(&self, column: &str) -> Read<Option<HubTime>> {
        Ok(self.maybe(column)?.map(HubTime::from_micros))
    }

    fn number(&self, column: &str) -> Read<u32> {
        let number: Option<i64> = self.maybe(column)?;
        u32::try_from(number.unwrap_or(0)).map_err(|_| format!("has a {column} out of range"))
    }

    fn truth(&self, column: &str) -> Read<Option<bool>> {
        let number: Option<i64> = self.maybe(column)?;
        Ok(number.map(|number| number != 0))
    }

    fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Read<Option<T>> {
        let text: Option<String> = self.maybe(column)?;
        let read = |text: String| serde_json::from_str(&text);
        text.map(read).transpose().map_err(|_| format!("has {column} that cannot be read"))
    }
}

/// What a live registry keeps in the trust's own row.
struct KeyEntry {
    code: Option<String>,
    region: Option<String>,
    key_hash: KeyHash,
    created_at: HubTime,
}

impl KeyEntry {
    fn read(row: &RowOf<'_>) -> Read<Self> {
        let hash: String = row.maybe("api_key_hash")?.unwrap_or_default();
        let key_hash = KeyHash::from_hex(&hash).ok_or("has an api_key_hash that is none")?;
        let created_at = row.time("created_at")?.unwrap_or(EPOCH);
        Ok(Self { code: row.maybe("code")?, region: row.maybe("region")?, key_hash, created_at })
    }
}

fn trust(row: &RowOf<'_>, id: Uuid, entry: KeyEntry) -> Read<TrustRecord> {
    let KeyEntry { code, region, key_hash, created_at } = entry;
    let live = Liveness {
        last_heartbeat: row.time("last_heartbeat")?,
        services: row.json("services_health")?,
        services_at: row.time("services_health_at")?,
    };
    Ok(TrustRecord { id, name: row.need("name")?, code, region, created_at, key_hash, live })
}

fn slot(row: &RowOf<'_>) -> Read<SlotRecord> {
    Ok(SlotRecord {
        name: row.need("slot_name")?,
        number: row.need("slot_number")?,
        holder: row.maybe_id("assigned_to_trust_id")?,
        assigned_at: row.time("assigned_at")?,
    })
}

fn audit(row: &RowOf<'_>) -> Read<AuditRow> {
    let word: String = row.need("action")?;
    let action = match word.as_str() {
        REGISTERED => AuditAction::Register,
        DELETED => AuditAction::Delete,
        _ => return Err(format!("has the unknown action {word:?}")),
    };
    Ok(AuditRow {
        at: row.time("at")?.unwrap_or(EPOCH),
        action,
        trust_id: row.id("trust_id")?,
        name: row.need("name")?,
        slot: row.maybe("slot")?,
    })
}

fn task(row: &RowOf<'_>) -> Read<Task> {
    let text = |column: &str| row.need::<String>(column);
    let word = text("status")?;
    let status = TaskStatus::named(&word).ok_or_else(|| format!("has the status {word:?}"))?;
    let sealing: Option<String> = row.maybe("sealing")?;
    Ok(Task {
        status,
        sealing: sealing::read(sealing.as_deref()).ok_or("has a sealing that cannot be read")?,
        created_at: row.time("created_at")?.unwrap_or(EPOCH),
        dispatched_at: row.time("dispatched_at")?,
        deliveries: row.number("deliveries")?,
        retries: row.number("retries")?,
        result: row.maybe::<String>("result")?.map(Into::into),
        success: row.truth("success")?,
        reports: row.number("reports")?,
        ..Task::new(row.id("id")?, &text("task_type")?, text("payload")?.into())
    })
}

fn counts(row: &RowOf<'_>) -> Read<CohortCounts> {
    Ok(CohortCounts {
        query_id: row.id("query_id")?,
        trust_id: row.id("trust_id")?,
        created: row.need("created")?,
        record_count: row.need("record_count")?,
        data: row.json("data")?.unwrap_or_default(),
        error: row.maybe("error")?,
        suppressed: row.truth("suppressed")?.unwrap_or(false),
    })
}

fn metric(row: &RowOf<'_>) -> Read<MetricRow> {
    Ok(MetricRow {
        fl_client_name: client(row)?,
        trust_id: row.maybe_id("trust_id")?,
        global_round: row.need("global_round")?,
        label: row.need("label")?,
        result: row.need("result")?,
        x_value: row.maybe("x_value")?,
        x_label: row.maybe("x_label")?,
        created_at: row.time("created_at")?.unwrap_or(EPOCH),
    })
}

fn log(row: &RowOf<'_>) -> Read<LogRow> {
    Ok(LogRow {
        fl_client_name: client(row)?,
        trust_id: row.maybe_id("trust_id")?,
        log: row.maybe("log")?,
        event_type: row.maybe("event_type")?,
        global_round: row.maybe("global_round")?,
        details: row.json("details")?,
        success: row.truth("success")?.unwrap_or(true),
        created_at: row.time("created_at")?.unwrap_or(EPOCH),
    })
}

/// The client as it was named: in the column of old where the release has no other.
fn client(row: &RowOf<'_>) -> Read<Option<String>> {
    let named = row.table.has("fl_client_name");
    row.maybe(if named { "fl_client_name" } else { "trust" })
}

const EPOCH: HubTime = HubTime::EPOCH;
