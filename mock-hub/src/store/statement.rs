//! Statements a route runs, to be tried on a file that lacks columns: they fail there as they would
//! on the real database, with the database's own words.

use rusqlite::Connection;

use super::layout::Layout;

/// One statement of the hub's: what it does to which table. Like the real hub's, it names every
/// column the edition knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    verb: Verb,
    table: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Select,
    Insert,
}

impl Statement {
    const fn select(table: &'static str) -> Self {
        Self { verb: Verb::Select, table }
    }

    const fn insert(table: &'static str) -> Self {
        Self { verb: Verb::Insert, table }
    }

    /// The text, for an edition's tables. It adds and changes nothing.
    fn sql(self, layout: &Layout) -> Option<String> {
        // Where the registry is the environment, slots and audit are no tables of the hub's.
        let table = layout.table(self.table)?;
        let (name, columns) = (table.name, table.column_list());
        let select = format!("SELECT {columns} FROM {name}");
        Some(match self.verb {
            Verb::Select => format!("{select} LIMIT 1"),
            Verb::Insert => {
                let values = vec!["NULL"; table.columns.len()].join(", ");
                format!("INSERT INTO {name} ({columns}) SELECT {values} WHERE 0")
            }
        })
    }

    /// Runs it; the error is the database's.
    pub(super) fn run(self, db: &Connection, layout: &Layout) -> Result<(), String> {
        let Some(sql) = self.sql(layout) else { return Ok(()) };
        db.execute_batch(&sql).map_err(|error| error.to_string())
    }
}

/// Who calls, by a trust key; and every list of trusts.
pub const TRUST_ROWS: &[Statement] = &[Statement::select("trust")];
/// A trust's tasks.
pub const TASK_ROWS: &[Statement] = &[Statement::select("trust"), Statement::select("trust_task")];
/// A trust's counts.
pub const COUNT_ROWS: &[Statement] =
    &[Statement::select("trust"), Statement::select("query"), Statement::insert("query_result")];
/// A metric of a client that is found by its slot.
pub const METRIC_ROWS: &[Statement] = &[
    Statement::select("fl_kit_slot"),
    Statement::select("trust"),
    Statement::select("model_trust_intersect"),
    Statement::insert("fl_metrics"),
];
/// A log line or event.
pub const LOG_ROWS: &[Statement] = &[
    Statement::select("fl_kit_slot"),
    Statement::select("trust"),
    Statement::select("model_trust_intersect"),
    Statement::insert("fl_logs"),
];
/// Looking a model up.
pub const MODEL_ROWS: &[Statement] = &[Statement::select("model")];
/// A model's status, which leaves a log line.
pub const STATUS_ROWS: &[Statement] = &[Statement::insert("model"), Statement::insert("fl_logs")];
/// Registering and deleting.
pub const REGISTRY_ROWS: &[Statement] = &[
    Statement::select("trust"),
    Statement::select("fl_kit_slot"),
    Statement::insert("trust"),
    Statement::insert("trusts_audit"),
];
/// A trust and a model.
pub const LINK_ROWS: &[Statement] = &[Statement::select("trust"), Statement::select("model")];
