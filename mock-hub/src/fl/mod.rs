//! The federated-learning side of the hub.
//!
//! [`endpoint`] is the public port with its allow-list ([`allow_list`], [`port`]); behind it sits
//! [`server`], a stub that clients join over [`protocol`], with credentials of a [`provisioning`] if it asks
//! for any. [`training`] is the FL server as the hub API sees it: it reads what clients send in band
//! ([`in_band`], [`metric_key`]), makes the bodies of a library line ([`bodies`], [`python_json`]) and posts
//! them the way that line posts ([`post`], [`cookies`]).

pub mod allow_list;
mod answer;
pub mod bodies;
pub mod cookies;
pub mod endpoint;
pub mod in_band;
pub mod metric_key;
pub mod port;
pub mod post;
pub mod protocol;
pub mod provisioning;
pub mod python_json;
pub mod report;
pub mod server;
pub mod training;
