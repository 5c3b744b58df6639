//! What the node knows about itself, its site and its hub, and how it shows it.

mod collector;
mod endpoint;
mod probe;
mod vitals;

pub(crate) use collector::Collector;
pub(crate) use endpoint::router;
pub(crate) use probe::Prober;
pub(crate) use vitals::{KeyNews, Vitals, key_warning};
