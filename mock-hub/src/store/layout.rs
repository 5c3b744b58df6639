//! The tables of an edition's hub: what the contract lists, and what every release has beside it.

use contract::edition::{EDITIONS, Edition, Registry};

/// The tables one edition reads and writes.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) edition: &'static Edition,
    pub(super) tables: Vec<TableLayout>,
}

/// One table, its columns in the order of their making.
#[derive(Clone, Debug)]
pub(super) struct TableLayout {
    pub(super) name: &'static str,
    /// Name and declaration of each column.
    pub(super) columns: Vec<(&'static str, &'static str)>,
    /// What stands behind the columns, such as a key over several.
    constraint: &'static str,
}

impl Layout {
    pub(super) fn of(edition: &'static Edition) -> Self {
        let tables = ALL.iter().filter(|table| table.is_in(edition));
        Self { edition, tables: tables.map(|table| table.layout(edition)).collect() }
    }

    pub(super) fn table(&self, name: &str) -> Option<&TableLayout> {
        self.tables.iter().find(|table| table.name == name)
    }

    pub(super) fn has(&self, table: &str, column: &str) -> bool {
        self.table(table).is_some_and(|table| table.has(column))
    }

    /// Where trusts' codes, key hashes and dates are.
    pub(super) fn registry_table(&self) -> &'static str {
        if self.in_environment() { ENVIRONMENT_TRUST } else { "trust" }
    }

    /// Where slots are.
    pub(super) fn slot_table(&self) -> &'static str {
        if self.in_environment() { ENVIRONMENT_SLOT } else { "fl_kit_slot" }
    }

    /// Where registrations and deletions are noted.
    pub(super) fn audit_table(&self) -> &'static str {
        if self.in_environment() { ENVIRONMENT_AUDIT } else { "trusts_audit" }
    }

    /// Whether the registry is the hub's environment, which a state file has to stand for as well.
    pub(super) fn in_environment(&self) -> bool {
        self.edition.registry == Registry::Environment
    }
}

impl TableLayout {
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, _)| *name == column)
    }

    /// The names of its columns, divided by commas.
    pub(super) fn column_list(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// The statement that makes it where it is missing.
    pub(super) fn create(&self) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        let (name, columns) = (self.name, columns.join(", "));
        format!("CREATE TABLE IF NOT EXISTS {name} ({columns}{})", self.constraint)
    }
}

/// A table with every column any release gives it.
struct Whole {
    name: &'static str,
    columns: &'static [(&'static str, &'static str)],
    constraint: &'static str,
}

impl Whole {
    fn is_in(&self, edition: &Edition) -> bool {
        if self.name.starts_with(ENVIRONMENT_PREFIX) {
            return edition.registry == Registry::Environment;
        }
        listed(edition, self.name).is_some()
            || !EDITIONS.iter().any(|other| listed(other, self.name).is_some())
    }

    fn layout(&self, edition: &'static Edition) -> TableLayout {
        let changes = |column| EDITIONS.iter().any(|row| lists(row, self.name, column));
        let own = |column| lists(edition, self.name, column) || !changes(column);
        let columns = self.columns.iter().filter(|(column, _)| own(column)).copied().collect();
        TableLayout { name: self.name, columns, constraint: self.constraint }
    }
}

fn listed(edition: &Edition, table: &str) -> Option<&'static [&'static str]> {
    edition.tables.iter().find(|listed| listed.name == table).map(|listed| listed.columns)
}

fn lists(edition: &Edition, table: &str, column: &str) -> bool {
    listed(edition, table).is_some_and(|columns| columns.contains(&column))
}

/// The hub's environment file: its own keys. It outlives a recreated database.
pub(super) const ENVIRONMENT: &str = "hub_environment";
/// Members of the environment that hold what a live registry holds.
pub(super) const ENVIRONMENT_TRUST: &str = "environment_trust";
pub(super) const ENVIRONMENT_SLOT: &str = "environment_slot";
pub(super) const ENVIRONMENT_AUDIT: &str = "environment_audit";
const ENVIRONMENT_PREFIX: &str = "environment_";

const SLOT_COLUMNS: &[(&str, &str)] = &[
    ("slot_name", "TEXT PRIMARY KEY"),
    ("slot_number", "INTEGER"),
    ("assigned_to_trust_id", "TEXT"),
    ("assigned_at", "INTEGER"),
];
const AUDIT_COLUMNS: &[(&str, &str)] = &[
    ("at", "INTEGER"),
    ("action", "TEXT"),
    ("trust_id", "TEXT"),
    ("name", "TEXT"),
    ("slot", "TEXT"),
];

/// Every table of any release. Times are microseconds since the Unix epoch.
const ALL: &[Whole] = &[
    Whole {
        name: ENVIRONMENT,
        columns: &[("name", "TEXT PRIMARY KEY"), ("value", "TEXT")],
        constraint: "",
    },
    Whole {
        name: "trust",
        columns: &[
            ("id", "TEXT PRIMARY KEY"),
            ("name", "TEXT"),
            ("last_heartbeat", "INTEGER"),
            ("code", "TEXT"),
            ("region", "TEXT"),
            ("api_key_hash", "TEXT"),
            ("created_at", "INTEGER"),
            ("services_health", "TEXT"),
            ("services_health_at", "INTEGER"),
        ],
        constraint: "",
    },
    Whole {
        name: ENVIRONMENT_TRUST,
        columns: &[
            ("id", "TEXT PRIMARY KEY"),
            ("code", "TEXT"),
            ("region", "TEXT"),
            ("api_key_hash", "TEXT"),
            ("created_at", "INTEGER"),
        ],
        constraint: "",
    },
    Whole { name: "fl_kit_slot", columns: SLOT_COLUMNS, constraint: "" },
    Whole { name: ENVIRONMENT_SLOT, columns: SLOT_COLUMNS, constraint: "" },
    Whole { name: "trusts_audit", columns: AUDIT_COLUMNS, constraint: "" },
    Whole { name: ENVIRONMENT_AUDIT, columns: AUDIT_COLUMNS, constraint: "" },
    Whole {
        name: "trust_task",
        columns: &[
            ("id", "TEXT PRIMARY KEY"),
            ("trust_id", "TEXT"),
            ("task_type", "TEXT"),
            ("payload", "TEXT"),
            ("sealing", "TEXT"),
            ("status", "TEXT"),
            ("created_at", "INTEGER"),
            ("dispatched_at", "INTEGER"),
            ("deliveries", "INTEGER"),
            ("retries", "INTEGER"),
            ("success", "INTEGER"),
            ("result", "TEXT"),
            ("reports", "INTEGER"),
        ],
        constraint: "",
    },
    Whole { name: "query", columns: &[("id", "TEXT PRIMARY KEY")], constraint: "" },
    Whole {
        name: "query_trust_intersect",
        columns: &[("query_id", "TEXT"), ("trust_id", "TEXT")],
        constraint: ", PRIMARY KEY (query_id, trust_id)",
    },
    Whole {
        name: "query_result",
        columns: &[
            ("query_id", "TEXT"),
            ("trust_id", "TEXT"),
            ("created", "TEXT"),
            ("record_count", "INTEGER"),
            ("data", "TEXT"),
            ("error", "TEXT"),
            ("suppressed", "INTEGER"),
        ],
        constraint: ", PRIMARY KEY (query_id, trust_id)",
    },
    Whole {
        name: "model",
        columns: &[("id", "TEXT PRIMARY KEY"), ("status", "TEXT"), ("heard_at", "INTEGER")],
        constraint: "",
    },
    Whole {
        name: "model_trust_intersect",
        columns: &[("model_id", "TEXT"), ("trust_id", "TEXT")],
        constraint: ", PRIMARY KEY (model_id, trust_id)",
    },
    Whole {
        name: "fl_metrics",
        columns: &[
            ("model_id", "TEXT"),
            ("trust_id", "TEXT"),
            ("trust", "TEXT"),
            ("global_round", "INTEGER"),
            ("label", "TEXT"),
            ("result", "REAL"),
            ("created_at", "INTEGER"),
            ("fl_client_name", "TEXT"),
            ("x_value", "REAL"),
            ("x_label", "TEXT"),
        ],
        constraint: "",
    },
    Whole {
        name: "fl_logs",
        columns: &[
            ("model_id", "TEXT"),
            ("trust_id", "TEXT"),
            ("trust", "TEXT"),
            ("log", "TEXT"),
            ("success", "INTEGER"),
            ("created_at", "INTEGER"),
            ("fl_client_name", "TEXT"),
            ("event_type", "TEXT"),
            ("global_round", "INTEGER"),
            ("details", "TEXT"),
        ],
        constraint: "",
    },
    Whole {
        name: "alembic_version",
        columns: &[("version_num", "TEXT PRIMARY KEY")],
        constraint: "",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_contract_is_made_and_no_other_release_s() {
        for edition in &EDITIONS {
            let layout = Layout::of(edition);
            for table in edition.tables {
                for column in table.columns {
                    assert!(layout.has(table.name, column), "{}: {column}", edition.id);
                }
            }
        }
        let oldest = Layout::of(&EDITIONS[0]);
        assert!(!oldest.has("trust", "code") && oldest.table("fl_kit_slot").is_none());
        assert!(oldest.has("trust_task", "payload") && oldest.has("fl_metrics", "model_id"));
        assert!(oldest.has(ENVIRONMENT_TRUST, "api_key_hash"));
        assert!(Layout::of(EDITIONS.last().expect("rows")).table(ENVIRONMENT_TRUST).is_none());
    }
}
