//! The trust side of the FLIP contract on real sockets.
//!
//! [`Node`] is a complete trust node: it heartbeats and polls its hub, checks that the hub means this
//! host, opens and runs tasks against the site services, reports them, watches the site's health and
//! shows its own. [`site`] holds stand-ins for the services around it, [`fl_client`] the client that
//! trains there. What the node does is contract data plus [`habits::Habits`]; every misbehaviour is a
//! [`mutants::Mutant`] that changes one habit and names the requirement it breaks.

pub mod fl_client;
pub mod habits;
mod health;
mod http;
mod hub_client;
mod identity;
pub mod log;
pub mod mutants;
mod node;
pub mod process;
pub mod settings;
pub mod site;
mod tasks;
pub mod time_scale;

pub use habits::{Conduct, Habits};
pub use http::TrustRootsError;
pub use node::{Exit, Neighbours, Node, NodeOptions, Ready, SiteReady, StartError};
pub use settings::{ConfigError, Settings};
