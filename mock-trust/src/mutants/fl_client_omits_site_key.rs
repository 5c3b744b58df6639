//! The FL client calls the site services without the site key.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "fl-client-omits-site-key",
    breaks: &["FL-CLIENT-02"],
    sentence: "The FL client calls the site services without the site key.",
    deviation: Deviation::NONE,
    apply: |habits| habits.fl_client.sends_site_key = false,
};
