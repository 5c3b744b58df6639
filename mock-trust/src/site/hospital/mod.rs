//! The little hospital behind the site services: seeded people, their studies, one read-only
//! database, and the counts that may leave the site.
//!
//! Nothing in here knows HTTP. [`Database`] runs one `SELECT` over the OMOP-shaped tables,
//! [`statistics`] turns its rows into suppressed counts, [`Archive`] keeps imaging projects and
//! users.

mod archive;
mod database;
mod people;
pub(crate) mod statistics;

pub(crate) use archive::{Archive, ArchiveError, NewUser, Project, User};
pub(crate) use database::{Database, QueryError, Table};
pub(crate) use people::{Person, people, studies};
