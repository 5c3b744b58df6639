//! What can be seen of a target besides its exchanges: its sockets, and the way to the FL endpoint.

mod endpoint;
mod member;
#[cfg(feature = "containers")]
pub mod namespace;
mod sock_diag;
mod sockets;

pub use endpoint::{Attempt, any_server, foreign_ca, probe};
pub use member::{FlStartup, Member};
pub use sockets::{SocketWatch, Unseen};
