//! The site services on real sockets, route by route and refusal by refusal.

mod cohort;
mod control;
mod imaging;
mod keys;
mod lone;
mod world;
