//! Who may call what.

mod accepts_bearer_prefix;
mod ignores_name_in_path;
mod internal_key_opens_trust_routes;
mod keeps_old_internal_key;
mod omits_auth_scheme;
mod parses_body_before_key;
mod reads_key_under_any_header;
mod reads_missing_key_as_unknown;
mod refuses_new_internal_key;
mod remints_internal_key_unasked;
mod shows_decisions_to_hub_admins;
mod takes_any_internal_key;
mod tells_deleted_key_apart;
mod trust_key_opens_ingest;
mod trust_key_opens_user_routes;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    reads_missing_key_as_unknown::FAULT,
    omits_auth_scheme::FAULT,
    tells_deleted_key_apart::FAULT,
    accepts_bearer_prefix::FAULT,
    reads_key_under_any_header::FAULT,
    parses_body_before_key::FAULT,
    internal_key_opens_trust_routes::FAULT,
    trust_key_opens_ingest::FAULT,
    trust_key_opens_user_routes::FAULT,
    ignores_name_in_path::FAULT,
    keeps_old_internal_key::FAULT,
    refuses_new_internal_key::FAULT,
    takes_any_internal_key::FAULT,
    remints_internal_key_unasked::FAULT,
    shows_decisions_to_hub_admins::FAULT,
];
