//! Names the project to delete in the query instead of the path.

use contract::edition::{DeleteImaging, EditionId};

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "deletes-imaging-by-query-parameter",
    breaks: &["TRUST-TASK-08"],
    sentence: "Names the project to delete in the query instead of the path.",
    deviation: Deviation::of(&[
        EditionId::V2026_03,
        EditionId::V2026_06,
        EditionId::V2026_07,
        EditionId::TrustKeys,
    ]),
    apply: |habits| habits.task.delete_imaging = DeleteImaging::QueryParameter,
};
