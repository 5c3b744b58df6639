//! From a change to the rows it touches.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::change::{Change, SlotRecord, TrustRecord};
use super::layout::{ENVIRONMENT, Layout};
use super::schema;
use super::sealing;
use crate::domain::{AuditAction, AuditRow, CohortCounts, HubTime, LogRow, MetricRow, Task};

/// Columns and their values.
type Row = Vec<(&'static str, Value)>;

/// Writes one change. What the edition's tables have no column for is left out.
pub(super) fn apply(db: &Connection, layout: &Layout, change: &Change) -> rusqlite::Result<()> {
    let file = File { db, layout };
    match change {
        Change::TrustAdded(trust) => file.add_trust(trust),
        Change::TrustRekeyed { id, key_hash } => {
            let set = vec![("api_key_hash", text(key_hash.hex()))];
            file.update(layout.registry_table(), set, "id", *id)
        }
        Change::TrustRemoved(id) => {
            file.delete("trust", "id", *id)?;
            if layout.in_environment() {
                file.delete(layout.registry_table(), "id", *id)
            } else {
                Ok(())
            }
        }
        Change::Heard { id, live } => file.update("trust", schema::live_row(live), "id", *id),
        Change::Slot(slot) => file.put(layout.slot_table(), &["slot_name"], slot_row(slot)),
        Change::Audited(row) => file.put(layout.audit_table(), &[], audit_row(row)),
        Change::Task { trust, task } => file.put("trust_task", &["id"], task_row(*trust, task)),
        Change::TasksRemoved { trust } => file.delete("trust_task", "trust_id", *trust),
        Change::Asked { id, trusts } => {
            file.put("query", &["id"], vec![("id", id_text(*id))])?;
            file.link("query_trust_intersect", ("query_id", *id), trusts)
        }
        Change::Counted(counts) => {
            // Taken out first, so that the last of the rows is the last that came.
            let both = "DELETE FROM query_result WHERE query_id = ?1 AND trust_id = ?2";
            db.execute(both, [counts.query_id, counts.trust_id].map(|id| id.to_string()))?;
            file.put("query_result", &["query_id", "trust_id"], counts_row(counts))
        }
        Change::CountsRemoved { trust } => file.delete("query_result", "trust_id", *trust),
        Change::Model { id, status, heard_at } => {
            let row = vec![
                ("id", id_text(*id)),
                ("status", text(*status)),
                ("heard_at", time(*heard_at)),
            ];
            file.put("model", &["id"], row)
        }
        Change::Members { model, trusts } => {
            file.link("model_trust_intersect", ("model_id", *model), trusts)
        }
        Change::Metric { model, row, trust_name, replaces } => {
            if *replaces {
                file.drop_metrics_like(*model, row)?;
            }
            file.heard(*model, row.created_at)?;
            file.put("fl_metrics", &[], metric_row(*model, row, trust_name.as_deref()))
        }
        Change::Log { model, row, trust_name } => {
            file.heard(*model, row.created_at)?;
            file.put("fl_logs", &[], log_row(*model, row, trust_name.as_deref()))
        }
        Change::IngestRemoved { trust } => ["fl_metrics", "fl_logs", "model_trust_intersect"]
            .into_iter()
            .try_for_each(|table| file.delete(table, "trust_id", *trust)),
        Change::Environment { name, value } => {
            let row = vec![("name", text(name.as_str())), ("value", text(value.as_str()))];
            file.put(ENVIRONMENT, &["name"], row)
        }
        Change::Recreated => schema::recreate(db, layout),
    }
}

struct File<'f> {
    db: &'f Connection,
    layout: &'f Layout,
}

impl File<'_> {
    /// Adds a row, or replaces the one with the same key.
    fn put(&self, table: &str, key: &[&str], row: Row) -> rusqlite::Result<()> {
        let row = self.own(table, row);
        let columns: Vec<&str> = row.iter().map(|(column, _)| *column).collect();
        let marks: Vec<String> = (1..=row.len()).map(|at| format!("?{at}")).collect();
        let (list, marks) = (columns.join(", "), marks.join(", "));
        let mut sql = format!("INSERT INTO {table} ({list}) VALUES ({marks})");
        let rest: Vec<String> = columns
            .iter()
            .filter(|column| !key.contains(column))
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        match (key, rest.as_slice()) {
            ([], _) => {}
            (key, []) => sql.push_str(&format!(" ON CONFLICT ({}) DO NOTHING", key.join(", "))),
            (key, rest) => sql.push_str(&format!(
                " ON CONFLICT ({}) DO UPDATE SET {}",
                key.join(", "),
                rest.join(", ")
            )),
        }
        self.db.execute(&sql, params_from_iter(row.into_iter().map(|(_, value)| value)))?;
        Ok(())
    }

    fn update(&self, table: &str, row: Row, key: &str, id: Uuid) -> rusqlite::Result<()> {
        let row = self.own(table, row);
        let set: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(at, (column, _))| format!("{column} = ?{}", at + 2))
            .collect();
        let sql = format!("UPDATE {table} SET {} WHERE {key} = ?1", set.join(", "));
        let values = std::iter::once(id_text(id)).chain(row.into_iter().map(|(_, value)| value));
        self.db.execute(&sql, params_from_iter(values))?;
        Ok(())
    }

    fn delete(&self, table: &str, key: &str, id: Uuid) -> rusqlite::Result<()> {
        let sql = format!("DELETE FROM {table} WHERE {key} = ?1");
        self.db.execute(&sql, [id.to_string()])?;
        Ok(())
    }

    fn link(&self, table: &str, of: (&'static str, Uuid), trusts: &[Uuid]) -> rusqlite::Result<()> {
        for trust in trusts {
            let row = vec![(of.0, id_text(of.1)), ("trust_id", id_text(*trust))];
            self.put(table, &[of.0, "trust_id"], row)?;
        }
        Ok(())
    }

    fn add_trust(&self, trust: &TrustRecord) -> rusqlite::Result<()> {
        let mut row = vec![("id", id_text(trust.id)), ("name", text(trust.name.as_str()))];
        row.extend(schema::live_row(&trust.live));
        let keys = vec![
            ("code", optional(trust.code.as_deref())),
            ("region", optional(trust.region.as_deref())),
            ("api_key_hash", text(trust.key_hash.hex())),
            ("created_at", time(trust.created_at)),
        ];
        if !self.layout.in_environment() {
            row.extend(keys);
            return self.put("trust", &["id"], row);
        }
        self.put("trust", &["id"], row)?;
        let entry = [vec![("id", id_text(trust.id))], keys].concat();
        self.put(self.layout.registry_table(), &["id"], entry)
    }

    /// A row of a model's is a sign of life of its FL server.
    fn heard(&self, model: Uuid, at: HubTime) -> rusqlite::Result<()> {
        self.update("model", vec![("heard_at", time(at))], "id", model)
    }

    fn drop_metrics_like(&self, model: Uuid, row: &MetricRow) -> rusqlite::Result<()> {
        let named = self.layout.has("fl_metrics", "fl_client_name");
        let client = if named { "fl_client_name" } else { "trust" };
        let sql = format!(
            "DELETE FROM fl_metrics WHERE model_id = ?1 AND {client} IS ?2 AND label = ?3 AND \
             global_round = ?4"
        );
        let client = row.fl_client_name.as_deref();
        self.db.execute(&sql, (model.to_string(), client, &row.label, row.global_round))?;
        Ok(())
    }

    /// The members of a row that the edition's table has.
    fn own(&self, table: &str, row: Row) -> Row {
        row.into_iter().filter(|(column, _)| self.layout.has(table, column)).collect()
    }
}

fn slot_row(slot: &SlotRecord) -> Row {
    vec![
        ("slot_name", text(slot.name.as_str())),
        ("slot_number", Value::Integer(slot.number)),
        ("assigned_to_trust_id", slot.holder.map_or(Value::Null, id_text)),
        ("assigned_at", slot.assigned_at.map_or(Value::Null, time)),
    ]
}

fn audit_row(row: &AuditRow) -> Row {
    let action = match row.action {
        AuditAction::Register => REGISTERED,
        AuditAction::Delete => DELETED,
    };
    vec![
        ("at", time(row.at)),
        ("action", text(action)),
        ("trust_id", id_text(row.trust_id)),
        ("name", text(row.name.as_str())),
        ("slot", optional(row.slot.as_deref())),
    ]
}

fn task_row(trust: Uuid, task: &Task) -> Row {
    vec![
        ("id", id_text(task.id)),
        ("trust_id", id_text(trust)),
        ("task_type", text(&*task.task_type)),
        ("payload", text(&*task.plaintext)),
        ("sealing", sealing::text(&task.sealing).map_or(Value::Null, Value::Text)),
        ("status", text(task.status.name())),
        ("created_at", time(task.created_at)),
        ("dispatched_at", task.dispatched_at.map_or(Value::Null, time)),
        ("deliveries", Value::Integer(task.deliveries.into())),
        ("retries", Value::Integer(task.retries.into())),
        ("success", task.success.map_or(Value::Null, truth)),
        ("result", optional(task.result.as_deref())),
        ("reports", Value::Integer(task.reports.into())),
    ]
}

fn counts_row(counts: &CohortCounts) -> Row {
    vec![
        ("query_id", id_text(counts.query_id)),
        ("trust_id", id_text(counts.trust_id)),
        ("created", text(counts.created.as_str())),
        ("record_count", Value::Integer(counts.record_count)),
        ("data", text(serde_json::to_string(&counts.data).unwrap_or_default())),
        ("error", optional(counts.error.as_deref())),
        ("suppressed", truth(counts.suppressed)),
    ]
}

fn metric_row(model: Uuid, row: &MetricRow, trust_name: Option<&str>) -> Row {
    vec![
        ("model_id", id_text(model)),
        ("trust_id", row.trust_id.map_or(Value::Null, id_text)),
        ("trust", optional(trust_name)),
        ("global_round", Value::Integer(row.global_round)),
        ("label", text(row.label.as_str())),
        ("result", Value::Real(row.result)),
        ("created_at", time(row.created_at)),
        ("fl_client_name", optional(row.fl_client_name.as_deref())),
        ("x_value", row.x_value.map_or(Value::Null, Value::Real)),
        ("x_label", optional(row.x_label.as_deref())),
    ]
}

fn log_row(model: Uuid, row: &LogRow, trust_name: Option<&str>) -> Row {
    vec![
        ("model_id", id_text(model)),
        ("trust_id", row.trust_id.map_or(Value::Null, id_text)),
        ("trust", optional(trust_name)),
        ("log", optional(row.log.as_deref())),
        ("success", truth(row.success)),
        ("created_at", time(row.created_at)),
        ("fl_client_name", optional(row.fl_client_name.as_deref())),
        ("event_type", optional(row.event_type.as_deref())),
        ("global_round", row.global_round.map_or(Value::Null, Value::Integer)),
        ("details", row.details.as_ref().map_or(Value::Null, |details| text(details.to_string()))),
    ]
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

fn optional(value: Option<&str>) -> Value {
    value.map_or(Value::Null, text)
}

fn id_text(id: Uuid) -> Value {
    Value::Text(id.to_string())
}

fn time(at: HubTime) -> Value {
    Value::Integer(at.micros())
}

fn truth(holds: bool) -> Value {
    Value::Integer(holds.into())
}

/// Word of a registration in the audit table.
pub(super) const REGISTERED: &str = "register";
/// Word of a deletion.
pub(super) const DELETED: &str = "delete";
