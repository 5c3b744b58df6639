//! The site services answer whatever the site key is.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-accepts-wrong-key",
    breaks: &["TRUST-SVC-01"],
    sentence: "The site services answer whatever the site key is.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.accepts_wrong_site_key = true,
};
