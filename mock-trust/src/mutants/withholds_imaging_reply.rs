//! Reports null where the reply of the local service belongs.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "withholds-imaging-reply",
    breaks: &["TRUST-TASK-08"],
    sentence: "Reports null where the reply of the local service belongs.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.returns_reply = false,
};
