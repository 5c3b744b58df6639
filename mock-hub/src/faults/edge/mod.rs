//! What stands in front of a public hub.

mod edge_drops_trust_key;
mod edge_passes_internal_key;
mod serves_docs_in_production;
mod serves_ui_below_api;
mod shows_certificate_of_another_name;
mod shows_certificate_of_unknown_issuer;
mod shows_expired_certificate;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    serves_ui_below_api::FAULT,
    edge_drops_trust_key::FAULT,
    edge_passes_internal_key::FAULT,
    serves_docs_in_production::FAULT,
    shows_certificate_of_unknown_issuer::FAULT,
    shows_certificate_of_another_name::FAULT,
    shows_expired_certificate::FAULT,
];
