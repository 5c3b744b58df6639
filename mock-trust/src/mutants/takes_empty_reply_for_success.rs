//! Takes an empty reply of a local service for success.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "takes-empty-reply-for-success",
    breaks: &["TRUST-TASK-09"],
    sentence: "Takes an empty reply of a local service for success.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.fails_without_content = false,
};
