//! Drops a task whose payload is in a foreign format without a report.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "drops-task-in-foreign-format",
    breaks: &["UPG-CIPHER-01", "TRUST-TASK-05"],
    sentence: "Drops a task whose payload is in a foreign format without a report.",
    deviation: Deviation::NONE,
    apply: |habits| habits.payload.reports_foreign_format = false,
};
