//! The control API: what an operator of the real hub does by hand, and what no operator can do.
//!
//! Plain JSON over a listener of its own, guarded by the token of the ready line. Bodies are read
//! strictly; errors are one line with what, where and what to do. The routes for journal, faults and
//! listeners are [`wiretap::control`]'s. Keys are returned where they are made or set, and nowhere
//! else.

mod admin;
mod clock;
mod context;
mod document;
mod fl;
mod fl_kits;
mod kept;
mod keys;
mod models;
mod projects;
mod queries;
mod routes;
mod settings;
mod tasks;
mod training;
mod trusts;
mod verbs;

pub use context::{Context, Facts};
pub use document::document;
pub use routes::{ROUTES, Route, router};
