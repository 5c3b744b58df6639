//! The hub side of the FLIP contract on sockets.
//!
//! [`domain`] holds the state and its rules and knows no HTTP; [`api`] speaks the hub's routes over
//! it; [`habits`] says how a hub behaves and [`faults`] names the ways it may misbehave; [`hub`]
//! puts it together with the control API ([`control`]) and the FL endpoint ([`fl`]). With a state
//! file, [`store`] keeps the domain's state over the end of the process.

pub mod api;
pub mod control;
pub mod domain;
pub mod faults;
pub mod fl;
pub mod habits;
pub mod hub;
pub mod options;
pub mod store;

pub use hub::Hub;
pub use options::HubOptions;
