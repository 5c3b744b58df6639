//! FL credentials.

mod renews_provisioning_for_one_client;
mod takes_former_fl_credentials;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] =
    &[renews_provisioning_for_one_client::FAULT, takes_former_fl_credentials::FAULT];
