//! The node opposite a scripted hub, on real sockets and in scaled time.

mod catalogue;
mod certificates;
mod cycle;
mod exits;
mod fl_client;
mod health;
mod hub_calls;
mod identity;
mod log_lines;
mod mutants;
mod outages;
mod process;
mod redirects;
mod reports;
mod rig;
mod tasks;
