//! The hub's routes over HTTP (hub 1), to the byte.
//!
//! One handler takes every request: [`route`] finds the route as the edition has it, then the order
//! is the real hub's: body, key, fields, limits, state. Habits decide where the ideal hub and the
//! built one part.

mod access;
mod body;
mod cohort;
mod context;
mod datetime;
mod dispatch;
mod docs;
mod encoding;
mod fields;
mod health;
mod heartbeat;
mod issue;
mod json;
mod json_text;
mod limits;
mod logs;
mod metrics;
mod numbers;
mod poll;
mod projects;
mod registry;
mod reply;
mod report;
mod route;
mod sessions;
mod status;

use std::sync::Arc;

use axum::Router;
use wiretap::Classify;

use crate::domain::Domain;
use crate::habits::Manners;

pub use route::Route;
pub use sessions::Sessions;

#[cfg(test)]
mod tour_tests;

/// What the routes work on.
#[derive(Debug)]
pub struct Api {
    /// The state.
    pub domain: Arc<Domain>,
    /// The habits.
    pub manners: Manners,
    /// Sessions that were not handed back.
    pub sessions: Sessions,
}

/// The hub API as a router, for the `hub-api` listener.
pub fn router(api: Arc<Api>) -> Router {
    Router::new().fallback(dispatch::serve).with_state(api)
}

/// Tells for which route and trust a request is, for transport faults.
pub fn classify(api: Arc<Api>) -> Classify {
    Arc::new(move |head| dispatch::class_of(&api, head))
}
