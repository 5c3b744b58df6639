//! Follows a redirect of a site service to another origin, with the site key.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "takes-site-key-along-redirect",
    breaks: &["TRUST-SVC-02"],
    sentence: "Follows a redirect of a site service to another origin, with the site key.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.wire.keeps_site_key_at_origin = false,
};
