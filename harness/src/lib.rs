//! Judging: targets, scenarios, oracles, runs, events and reports. Prints nothing.

pub mod bug_bank;
pub mod control;
pub mod coverage;
pub mod engine;
pub mod event;
pub mod expect;
pub mod finding;
pub mod fl_package;
pub mod forge;
pub mod hub_stage;
pub mod kit_desk;
pub mod matrix;
pub mod oracle;
pub mod outcome;
pub mod payloads;
pub mod report;
pub mod scratch;
pub mod site_check;
pub mod stage;
pub mod steps;
pub mod target;
pub mod wait;
pub mod watch;
pub mod world;
