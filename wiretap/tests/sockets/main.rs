//! The listener, its faults and its journal, seen from the other end of a socket.

// A test stops where its set-up fails; clippy knows that only inside `#[test]` functions.
#![allow(clippy::unwrap_used)]

mod bounds;
mod client;
mod control;
mod edges;
mod faults;
mod listeners;
mod records;
mod stand;
mod tls;
