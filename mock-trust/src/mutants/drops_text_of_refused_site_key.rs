//! Fails a task for a wrong site key without saying so.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "drops-text-of-refused-site-key",
    breaks: &["ROT-SITE-01"],
    sentence: "Fails a task for a wrong site key without saying so.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.passes_refused_site_key = false,
};
