//! The hub's tables by release (rotation 2, "Schema"): the columns in which releases differ, so that
//! a state file ages as the real database does. Tables that never changed are not listed.

use serde::Serialize;

/// One table and the columns a release reads and writes in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns as far as the contract names them.
    pub columns: &'static [&'static str],
}

/// Trusts, their keys and slots in the hub's environment.
pub(super) const REGISTRY_IN_ENVIRONMENT: &[Table] = &[
    Table { name: "trust", columns: &["id", "name", "last_heartbeat"] },
    Table { name: "fl_metrics", columns: &["trust", "global_round", "label", "result"] },
    Table { name: "fl_logs", columns: &["trust", "log"] },
    Table { name: "model", columns: &["status"] },
];

/// The live registry with its slot pool and audit; clients named by slot.
pub(super) const LIVE_REGISTRY: &[Table] = &[
    Table {
        name: "trust",
        columns: &["id", "name", "last_heartbeat", "code", "region", "api_key_hash", "created_at"],
    },
    FL_KIT_SLOT,
    TRUSTS_AUDIT,
    Table {
        name: "fl_metrics",
        columns: &["trust", "global_round", "label", "result", "fl_client_name"],
    },
    Table { name: "fl_logs", columns: &["trust", "log", "fl_client_name"] },
    Table { name: "model", columns: &["status"] },
];

/// Health snapshots, an x axis, typed events, migrations.
pub(super) const SNAPSHOTS_AND_EVENTS: &[Table] = &[
    Table {
        name: "trust",
        columns: &[
            "id",
            "name",
            "last_heartbeat",
            "code",
            "region",
            "api_key_hash",
            "created_at",
            "services_health",
            "services_health_at",
        ],
    },
    FL_KIT_SLOT,
    TRUSTS_AUDIT,
    Table {
        name: "fl_metrics",
        columns: &[
            "trust",
            "global_round",
            "label",
            "result",
            "fl_client_name",
            "x_value",
            "x_label",
        ],
    },
    Table {
        name: "fl_logs",
        columns: &["trust", "log", "fl_client_name", "event_type", "global_round", "details"],
    },
    Table { name: "model", columns: &["status"] },
    Table { name: "alembic_version", columns: &["version_num"] },
];

const FL_KIT_SLOT: Table = Table {
    name: "fl_kit_slot",
    columns: &["slot_name", "slot_number", "assigned_to_trust_id", "assigned_at"],
};

const TRUSTS_AUDIT: Table =
    Table { name: "trusts_audit", columns: &["at", "action", "trust_id", "name", "slot"] };

#[cfg(test)]
mod tests {
    use super::super::EDITIONS;

    #[test]
    fn a_later_release_lacks_nothing_an_earlier_one_had() {
        for pair in EDITIONS.windows(2) {
            for table in pair[0].tables {
                let later = pair[1].tables.iter().find(|later| later.name == table.name);
                let later = later.unwrap_or_else(|| panic!("{} lost {}", pair[1].id, table.name));
                assert!(table.columns.iter().all(|column| later.columns.contains(column)));
            }
        }
    }
}
