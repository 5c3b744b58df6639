//! The data service gives out rows of a cohort nobody froze.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-gives-unfrozen-rows",
    breaks: &["TRUST-COHORT-04"],
    sentence: "The data service gives out rows of a cohort nobody froze.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.gives_unfrozen_rows = true,
};
