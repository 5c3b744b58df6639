//! Who registered and deleted what. Rows are kept, also of deleted trusts (hub 9).

use std::collections::VecDeque;

use serde::Serialize;
use uuid::Uuid;

use super::HubTime;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditAction {
    /// A trust was registered.
    Register,
    /// A trust was deleted.
    Delete,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditRow {
    /// When.
    pub at: HubTime,
    /// What.
    pub action: AuditAction,
    /// To which trust.
    pub trust_id: Uuid,
    /// Its name.
    pub name: String,
    /// The slot it got or gave back.
    pub slot: Option<String>,
}

/// All rows, the newest 262,144 of them.
#[derive(Debug, Default)]
pub struct Audit {
    rows: VecDeque<AuditRow>,
    dropped: u64,
}

impl Audit {
    /// Adds a row.
    pub fn note(&mut self, row: AuditRow) {
        if self.rows.len() == ROWS_MAX {
            self.rows.pop_front();
            self.dropped += 1;
        }
        self.rows.push_back(row);
    }

    /// The rows kept, oldest first.
    pub fn rows(&self) -> impl Iterator<Item = &AuditRow> {
        self.rows.iter()
    }

    /// Rows that no longer fit.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

const ROWS_MAX: usize = 262_144;
