//! The built-in mocks as targets and surroundings: the one place that joins judge and mocks.

mod hub;
mod site;
mod trust;
mod workbench;

use std::sync::Arc;

use harness::target::Surroundings;

pub use hub::EmbeddedHub;
pub use trust::EmbeddedTrust;
pub use workbench::Workbench;

/// A mock hub opposite, mock site services beside.
pub fn surroundings() -> Surroundings {
    Surroundings { hubs: Arc::new(EmbeddedHub), sites: Arc::new(site::EmbeddedSite) }
}
