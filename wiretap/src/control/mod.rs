//! The part of a control API that every mock has: journal, connections, faults, listeners; and the
//! frame around it: token, error shape, input, OpenAPI.
//!
//! An owner merges [`router`] with routes of its own and closes the frame with [`guarded`]. Its handlers take
//! [`Input`] and [`Params`] and answer `Result<_, ControlError>`, so that every error has one shape:
//! `{"error": "what, where, what to do"}`.

mod document;
mod error;
mod faults;
mod frame;
mod input;
mod journal;
mod listeners;
mod token;

pub use document::openapi;
pub use error::ControlError;
pub use frame::{Fragments, guarded, router};
pub use input::{Input, Params};
pub use token::ControlToken;
