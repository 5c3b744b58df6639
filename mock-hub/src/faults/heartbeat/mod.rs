//! Heartbeats and versions.

mod counts_polls_as_heartbeats;
mod fingerprints_key_text;
mod fingerprints_unusable_key;
mod forgets_heartbeats;
mod hides_hub_version;
mod probes_trusts_from_outside;
mod refuses_bodyless_heartbeat;
mod refuses_unknown_members;
mod reports_two_versions;
mod stamps_refused_snapshot;
mod stays_online_too_long;
mod takes_any_snapshot;
mod trusts_senders_clock;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    refuses_bodyless_heartbeat::FAULT,
    forgets_heartbeats::FAULT,
    stamps_refused_snapshot::FAULT,
    takes_any_snapshot::FAULT,
    trusts_senders_clock::FAULT,
    refuses_unknown_members::FAULT,
    stays_online_too_long::FAULT,
    probes_trusts_from_outside::FAULT,
    counts_polls_as_heartbeats::FAULT,
    fingerprints_key_text::FAULT,
    fingerprints_unusable_key::FAULT,
    hides_hub_version::FAULT,
    reports_two_versions::FAULT,
];
