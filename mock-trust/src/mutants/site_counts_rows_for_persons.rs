//! The floor of a cohort counts rows, so that a few persons with many rows pass.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-counts-rows-for-persons",
    breaks: &["TRUST-COHORT-06"],
    sentence: "The floor of a cohort counts rows, so that a few persons with many rows pass.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.counts_rows_for_persons = true,
};
