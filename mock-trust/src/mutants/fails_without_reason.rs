//! Reports a failure with null instead of a reason.

use crate::habits::FailureReason;
use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "fails-without-reason",
    breaks: &["TRUST-RESULT-04"],
    sentence: "Reports a failure with null instead of a reason.",
    deviation: Deviation::NONE,
    apply: |habits| habits.report.reason = FailureReason::Never,
};
