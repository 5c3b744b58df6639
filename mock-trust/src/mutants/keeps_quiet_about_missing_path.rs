//! Leaves no line when the hub lacks the path of the poll.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "keeps-quiet-about-missing-path",
    breaks: &["UPG-PATH-01"],
    sentence: "Leaves no line when the hub lacks the path of the poll.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.logs_missing_path = false,
};
