//! The imaging service answers 405 to a delete that names its project in the path.

use contract::edition::{DeleteImaging, EditionId};

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-refuses-delete-by-path",
    breaks: &["TRUST-TASK-08"],
    sentence: "The imaging service answers 405 to a delete that names its project in the path.",
    deviation: Deviation::of(&[
        EditionId::V2026_03,
        EditionId::V2026_06,
        EditionId::V2026_07,
        EditionId::TrustKeys,
    ]),
    apply: |habits| habits.site.delete_project = DeleteImaging::QueryParameter,
};
