//! Thin steps, one file a theme, listed here and nowhere else.

use crate::engine::StepRow;

pub mod cohort;
pub mod compose_file;
pub mod containers;
pub mod edges;
pub mod fault_words;
pub mod faults;
pub mod federation;
pub mod fl_client;
pub mod fl_endpoint;
pub mod frozen_cohorts;
pub mod heartbeat;
pub mod hub;
pub mod hub_names;
pub mod hub_tls;
pub mod hygiene;
pub mod identity;
pub mod image_versions;
pub mod local_calls;
pub mod network;
pub mod output;
pub mod packets;
pub mod payloads;
pub mod polling;
pub mod proxy;
pub mod reports;
pub mod robustness;
pub mod rotation;
pub mod rotation_drills;
pub mod rotation_fl;
pub mod rotation_keys;
pub mod rotation_values;
pub mod site_keys;
pub mod tasks;
pub mod time;

/// Every step of every theme: those about trusts, those about hubs.
pub const ALL: &[&[&[StepRow]]] = &[
    &[federation::STEPS, tasks::STEPS, faults::STEPS, output::STEPS],
    &[reports::STEPS, local_calls::STEPS, polling::STEPS, payloads::STEPS, cohort::STEPS],
    &[frozen_cohorts::STEPS],
    &[robustness::STEPS, edges::STEPS, containers::STEPS, compose_file::STEPS],
    &[identity::STEPS, heartbeat::STEPS, hygiene::STEPS, site_keys::STEPS, rotation::STEPS],
    &[rotation_keys::STEPS, rotation_drills::STEPS, rotation_fl::STEPS, rotation_values::STEPS],
    &[packets::STEPS, time::STEPS, proxy::STEPS, hub_names::STEPS],
    &[network::STEPS, hub_tls::STEPS, fl_endpoint::STEPS, fl_client::STEPS, image_versions::STEPS],
    &hub::ALL,
];
