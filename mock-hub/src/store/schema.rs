//! Bringing a file's tables to what an edition reads, the way the edition does it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use contract::edition::Schema;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::OpenStateError;
use super::change::Services;
use super::file;
use super::layout::{ENVIRONMENT, Layout};
use super::migrate;
use crate::domain::Liveness;
use crate::habits::RegistryHabits;

/// Tables of a file and their columns.
pub(super) type Found = BTreeMap<String, BTreeSet<String>>;

/// Makes, migrates or leaves the tables; stops where the edition must not serve them.
pub(super) fn fit(
    path: &Path,
    db: &mut Connection,
    layout: &Layout,
    habits: &RegistryHabits,
) -> Result<(), OpenStateError> {
    let known = |error: rusqlite::Error| OpenStateError::of(path, &error);
    let edition = layout.edition.id;
    let found = tables(db).map_err(known)?;
    let unknown = beyond(layout, &found);
    if !unknown.is_empty() {
        let (path, unknown) = (path.to_owned(), shown(&unknown));
        return Err(OpenStateError::TooNew { path, edition, unknown });
    }
    if found.is_empty() {
        file::settle(path, db)?;
        file::mark(db).map_err(known)?;
        return make_missing(db, layout).and_then(|()| stamp(db, layout)).map_err(known);
    }
    if layout.edition.schema == Schema::Migrations && habits.fit_schema.kept() {
        return migrate::run(db, layout, &found, habits).map_err(|reason| {
            OpenStateError::Migration { path: path.to_owned(), edition, reason }
        });
    }
    let lacking = lacking(layout, &found);
    if !lacking.is_empty() && habits.fit_schema.kept() {
        let (path, lacking) = (path.to_owned(), shown(&lacking));
        return Err(OpenStateError::TooOld { path, edition, lacking });
    }
    make_missing(db, layout).map_err(known)
}

/// The tables of a file.
pub(super) fn tables(db: &Connection) -> rusqlite::Result<Found> {
    let names: Vec<String> = db
        .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let columns = |name: &str| {
        db.prepare("SELECT name FROM pragma_table_info(?1)")?
            .query_map([name], |row| row.get(0))?
            .collect::<rusqlite::Result<BTreeSet<String>>>()
    };
    names.into_iter().map(|name| Ok((name.clone(), columns(&name)?))).collect()
}

/// Columns the edition reads and existing tables lack, as `table.column`.
pub(super) fn lacking(layout: &Layout, found: &Found) -> Vec<String> {
    let mut lacking = Vec::new();
    for table in &layout.tables {
        let Some(columns) = found.get(table.name) else { continue };
        let missing = table.columns.iter().filter(|(name, _)| !columns.contains(*name));
        lacking.extend(missing.map(|(column, _)| format!("{}.{column}", table.name)));
    }
    lacking
}

/// Columns of known tables that the edition does not know. Tables of their own do not disturb it.
fn beyond(layout: &Layout, found: &Found) -> Vec<String> {
    let mut beyond = Vec::new();
    for table in &layout.tables {
        let columns = found.get(table.name).into_iter().flatten();
        let unknown = columns.filter(|column| !table.has(column));
        beyond.extend(unknown.map(|column| format!("{}.{column}", table.name)));
    }
    beyond
}

/// What an edition without migrations does at every start.
fn make_missing(db: &Connection, layout: &Layout) -> rusqlite::Result<()> {
    let tables: Vec<String> =
        layout.tables.iter().map(super::layout::TableLayout::create).collect();
    db.execute_batch(&format!("BEGIN; {}; COMMIT", tables.join("; ")))
}

/// Drops every table but the environment and makes those of the edition.
pub(super) fn recreate(db: &Connection, layout: &Layout) -> rusqlite::Result<()> {
    for name in tables(db)?.keys().filter(|name| *name != ENVIRONMENT) {
        db.execute_batch(&format!("DROP TABLE \"{name}\""))?;
    }
    for table in &layout.tables {
        db.execute_batch(&table.create())?;
    }
    stamp(db, layout)
}

/// Notes the revision where the edition keeps one.
fn stamp(db: &Connection, layout: &Layout) -> rusqlite::Result<()> {
    if layout.edition.schema == Schema::Migrations { migrate::stamp(db, layout) } else { Ok(()) }
}

/// A trust's state as columns of its row.
pub(super) fn live_row(live: &Liveness) -> Vec<(&'static str, Value)> {
    let time = |at: Option<crate::domain::HubTime>| {
        at.map_or(Value::Null, |at| Value::Integer(at.micros()))
    };
    let services = |services: &Services| serde_json::to_string(services).unwrap_or_default();
    vec![
        ("last_heartbeat", time(live.last_heartbeat)),
        ("services_health", live.services.as_ref().map(services).map_or(Value::Null, Value::Text)),
        ("services_health_at", time(live.services_at)),
    ]
}

/// A few names, and how many more there are.
fn shown(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(NAMES_MAX).map(String::as_str).collect();
    match names.len().saturating_sub(NAMES_MAX) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

const NAMES_MAX: usize = 4;
