//! The site services answer without a site key.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-accepts-missing-key",
    breaks: &["TRUST-SVC-01"],
    sentence: "The site services answer without a site key.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.accepts_missing_site_key = true,
};
