//! The services around a trust node, as stand-ins on sockets (trust contract section 12).
//!
//! [`Site::start`] opens data-access-api, imaging-api and XNAT over HTTP, the OMOP database as a bare
//! TCP port, and a control API beside them. Behind them stands one small seeded hospital, so that a
//! query over nine people is a query over nine people. [`LoneService`] is one of them by itself. What a mutant may turn is in [`habits`].
//!
//! **Answers of your choice.** There is no mechanism of its own for them: the `status` fault of the
//! control API answers a route with any status, body and headers (`next` times, before or after the
//! handler), and `latency` delays it.

mod answers;
mod control;
mod data_access;
pub mod habits;
mod hospital;
mod imaging;
mod keys;
mod lone;
mod loopback;
mod omop;
mod options;
mod premises;
mod routes;
mod running;
mod sealing;
mod xnat;

pub use lone::{LoneService, Service};
pub use options::SiteOptions;
pub use routes::ROUTES;
pub use running::{Site, SiteError};

pub(crate) use loopback::{LoopbackError, library_client, plain_client};
