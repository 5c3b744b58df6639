//! What the admin's verbs do with kits: registering a trust and filling its kit.

mod register;

pub use register::{RegisterError, RegisterOrder, Registered, register, register_file};
