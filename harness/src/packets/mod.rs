//! What packets say: from the bytes of a frame to what a trust did on its network (network 1).
//!
//! **Invariant: no I/O.** Who reads the frames is [`crate::watch::namespace`]; who judges what they say is
//! [`crate::oracle::egress`].

#[cfg(feature = "containers")]
mod frame;
mod ledger;
#[cfg(feature = "containers")]
mod question;
mod sighting;
mod tables;

#[cfg(feature = "containers")]
pub use frame::{MARK, sightings};
pub use ledger::{Attempts, Ledger, Times};
pub use sighting::{Answer, Seen, Sighting, is_ready};
pub use tables::{is_reachable, listening, own_addresses};

pub use sighting::READY;
