//! The FL client does not say why it could not join.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "fl-client-gives-no-reason",
    breaks: &["ROT-FL-01"],
    sentence: "The FL client does not say why it could not join.",
    deviation: Deviation::NONE,
    apply: |habits| habits.fl_client.tells_reason = false,
};
