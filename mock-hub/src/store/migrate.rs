//! Migrations: one transaction before anything is served, which keeps every row or changes nothing.

use rusqlite::{Connection, TransactionBehavior};

use super::layout::{ENVIRONMENT_AUDIT, ENVIRONMENT_SLOT, ENVIRONMENT_TRUST, Layout, TableLayout};
use super::schema::Found;
use crate::habits::RegistryHabits;

/// Migrates a file; the error says what failed, and nothing has changed then.
pub(super) fn run(
    db: &mut Connection,
    layout: &Layout,
    found: &Found,
    habits: &RegistryHabits,
) -> Result<(), String> {
    if is_current(db, layout, found).map_err(said)? {
        return Ok(());
    }
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(said)?;
    let before = count(&transaction, found).map_err(said)?;
    alter(&transaction, layout, found).map_err(said)?;
    fill(&transaction, layout, found).map_err(said)?;
    stamp(&transaction, layout).map_err(said)?;
    if habits.migrate_rows.broken() {
        transaction.execute_batch("DELETE FROM fl_metrics").map_err(said)?;
    } else if count(&transaction, found).map_err(said)? != before {
        return Err("rows of the registry, tasks or metrics would be lost".to_owned());
    }
    transaction.commit().map_err(said)
}

/// Notes which revision the tables are of.
pub(super) fn stamp(db: &Connection, layout: &Layout) -> rusqlite::Result<()> {
    db.execute("DELETE FROM alembic_version", [])?;
    db.execute("INSERT INTO alembic_version (version_num) VALUES (?1)", [revision(layout)])?;
    Ok(())
}

fn is_current(db: &Connection, layout: &Layout, found: &Found) -> rusqlite::Result<bool> {
    let whole = layout.tables.iter().all(|table| {
        let columns = found.get(table.name);
        columns.is_some_and(|columns| table.columns.iter().all(|(name, _)| columns.contains(*name)))
    });
    if !whole || found.contains_key(ENVIRONMENT_TRUST) && !layout.in_environment() {
        return Ok(false);
    }
    let mut revisions = db.prepare("SELECT version_num FROM alembic_version")?;
    let revisions: Vec<String> =
        revisions.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(revisions == [revision(layout)])
}

/// Adds the columns that are missing, and the tables.
fn alter(db: &Connection, layout: &Layout, found: &Found) -> rusqlite::Result<()> {
    for table in &layout.tables {
        let Some(columns) = found.get(table.name) else {
            db.execute_batch(&table.create())?;
            continue;
        };
        for (column, kind) in table.columns.iter().filter(|(name, _)| !columns.contains(*name)) {
            db.execute_batch(&format!("ALTER TABLE {} ADD COLUMN {column} {kind}", table.name))?;
        }
    }
    Ok(())
}

/// Gives new columns what older rows have to say, and words their new spelling.
fn fill(db: &Connection, layout: &Layout, found: &Found) -> rusqlite::Result<()> {
    let is_new = |table: &str, column: &str| {
        found.get(table).is_some_and(|columns| !columns.contains(column))
    };
    if found.contains_key(ENVIRONMENT_TRUST) && !layout.in_environment() {
        move_environment(db, layout, found)?;
    }
    for table in ["fl_metrics", "fl_logs"].into_iter().filter(|t| is_new(t, "fl_client_name")) {
        db.execute_batch(&format!("UPDATE {table} SET fl_client_name = trust"))?;
    }
    if is_new("fl_metrics", "x_value") {
        db.execute(
            "UPDATE fl_metrics SET x_value = global_round, x_label = ?1",
            [contract::limits::X_LABEL_DEFAULT],
        )?;
    }
    for (old, new) in layout.edition.status_aliases {
        db.execute("UPDATE model SET status = ?2 WHERE status = ?1", [old, new])?;
    }
    Ok(())
}

/// What the environment said of each trust becomes rows of the live registry.
fn move_environment(db: &Connection, layout: &Layout, found: &Found) -> rusqlite::Result<()> {
    db.execute_batch(&format!(
        "UPDATE trust SET (code, region, api_key_hash, created_at) = \
           (SELECT e.code, e.region, e.api_key_hash, e.created_at \
            FROM {ENVIRONMENT_TRUST} e WHERE e.id = trust.id) \
         WHERE id IN (SELECT id FROM {ENVIRONMENT_TRUST})"
    ))?;
    let moves =
        [(ENVIRONMENT_SLOT, layout.slot_table()), (ENVIRONMENT_AUDIT, layout.audit_table())];
    for (from, to) in moves.into_iter().filter(|(from, _)| found.contains_key(*from)) {
        let columns = layout.table(to).map(TableLayout::column_list).unwrap_or_default();
        db.execute_batch(&format!(
            "INSERT OR REPLACE INTO {to} ({columns}) SELECT {columns} FROM {from} ORDER BY rowid; \
             DROP TABLE {from}"
        ))?;
    }
    db.execute_batch(&format!("DROP TABLE {ENVIRONMENT_TRUST}"))
}

/// Rows a migration must not lose.
fn count(db: &Connection, found: &Found) -> rusqlite::Result<Vec<i64>> {
    let tables = KEPT.into_iter().filter(|table| found.contains_key(*table));
    let rows = |table| db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
    tables.map(rows).collect()
}

/// The name of a state of the tables: how many columns the contract lists for them.
fn revision(layout: &Layout) -> String {
    let columns: usize = layout.edition.tables.iter().map(|table| table.columns.len()).sum();
    format!("{columns:04}")
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over")]
fn said(error: rusqlite::Error) -> String {
    error.to_string()
}

const KEPT: [&str; 9] = [
    "trust",
    "trust_task",
    "query",
    "query_result",
    "model",
    "model_trust_intersect",
    "fl_metrics",
    "fl_logs",
    "trusts_audit",
];
