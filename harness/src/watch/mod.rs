//! What can be seen of a target besides its exchanges: its sockets, and the way to the FL endpoint.

mod endpoint;
mod member;
mod sock_diag;
mod sockets;

pub use endpoint::{Attempt, foreign_ca};
pub use member::{FlStartup, Member};
pub use sockets::{SocketWatch, Unseen};
