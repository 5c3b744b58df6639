//! What the site services do by habit, so that a mutant can break exactly one of them.

use contract::edition::{DeleteImaging, EditionId, SmallCohort};

/// The habits of the site services.
///
/// [`SiteHabits::ideal`] keeps every clause; each field names one thing a mutant may turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct SiteHabits {
    /// A request with a wrong site key is served (breaks TRUST-SVC-01).
    pub accepts_wrong_site_key: bool,
    /// A request with an empty site key, or without one, is served (breaks TRUST-SVC-01).
    pub accepts_missing_site_key: bool,
    /// A cohort-defining write without the admin proof is served (breaks TRUST-SVC-01).
    pub accepts_write_without_proof: bool,
    /// What becomes of a cohort below the threshold (TRUST-COHORT-01).
    pub small_cohort: SmallCohortHabit,
    /// The floor counts rows where the edition counts persons (breaks TRUST-COHORT-06).
    pub counts_rows_for_persons: bool,
    /// Row-level routes give out rows of a cohort nobody froze (breaks TRUST-COHORT-04).
    pub gives_unfrozen_rows: bool,
    /// Row-level routes run the caller's query over a frozen cohort (breaks TRUST-COHORT-04).
    pub obeys_callers_query: bool,
    /// Row-level routes take a project id whose seal does not open (breaks TRUST-COHORT-05).
    pub ignores_project_seal: bool,
    /// Where imaging-api looks for the project of a DELETE (TRUST-TASK-08).
    pub delete_project: DeleteImaging,
}

/// What data-access-api does with a cohort below the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmallCohortHabit {
    /// As the edition demands: suppressed (200), or refused (400).
    Guard(SmallCohort),
    /// Its counts leave the site (breaks TRUST-COHORT-01).
    Leave,
}

impl SiteHabits {
    /// The habits that keep every clause, SHOULDs included.
    ///
    /// The path parameter of DELETE is served in every edition, because TRUST-TASK-08 asks for a
    /// deletion that works; the refusal of the older imaging-api is a deviation of the real system.
    pub fn ideal(edition: EditionId) -> Self {
        Self {
            accepts_wrong_site_key: false,
            accepts_missing_site_key: false,
            accepts_write_without_proof: false,
            small_cohort: SmallCohortHabit::Guard(edition.row().small_cohort),
            counts_rows_for_persons: false,
            gives_unfrozen_rows: false,
            obeys_callers_query: false,
            ignores_project_seal: false,
            delete_project: DeleteImaging::PathParameter,
        }
    }
}
