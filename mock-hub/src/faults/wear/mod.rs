//! What adds up over calls: sessions that are not handed back.

use super::{Deviation, Fault, routes};
use crate::habits::Duty;

/// The faults of this theme.
pub(super) const ROWS: &[Fault] = &[
    Fault {
        name: "keeps-session-of-hung-up-caller",
        breaks: &["HUB-WEAR-01"],
        sentence: "Each call whose caller hung up keeps a database session; after 15, calls wait 30 s and fail.",
        routes: routes::API,
        deviation: Deviation::NONE,
        apply: |habits| habits.wear.hung_up = Duty::Broken,
    },
    Fault {
        name: "keeps-session-of-refused-call",
        breaks: &["HUB-WEAR-01"],
        sentence: "Each refused call keeps a database session; after 15, calls wait 30 s and fail.",
        routes: routes::API,
        deviation: Deviation::NONE,
        apply: |habits| habits.wear.refused = Duty::Broken,
    },
    Fault {
        name: "keeps-session-of-long-body",
        breaks: &["HUB-WEAR-01"],
        sentence: "Each body beyond 100 kB keeps a database session; after 15, calls wait 30 s and fail.",
        routes: routes::API,
        deviation: Deviation::NONE,
        apply: |habits| habits.wear.long_body = Duty::Broken,
    },
];
