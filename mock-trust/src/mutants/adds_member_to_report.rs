//! Adds a third member to the report of a task.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "adds-member-to-report",
    breaks: &["TRUST-RESULT-01"],
    sentence: "Adds a third member to the report of a task.",
    deviation: Deviation::NONE,
    apply: |habits| habits.report.two_members_only = false,
};
