//! The ways this hub may misbehave: each breaks a clause by changing one habit, one file each.
//!
//! A fault is armed for the whole hub (`--fault`), or through the control API for a route, a trust,
//! the next n requests or with a chance. What the real hub does against a clause is a fault too,
//! with the editions it has it in; conduct `as-built` starts from those.

mod auth;
mod catalogue;
mod cohort;
mod conditions;
mod credentials;
mod edge;
mod errors;
mod heartbeat;
mod ingest;
mod rate;
mod registry;
pub mod routes;
mod tasks;
mod wear;

use contract::edition::EditionId;

pub use catalogue::{ALL, NOT_PLAYED, by_name, names};

use crate::habits::Habits;

/// One way to misbehave.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// The name it is armed by; says the misbehaviour.
    pub name: &'static str,
    /// Ids of the requirements it breaks; none for a condition around the hub.
    pub breaks: &'static [&'static str],
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// Where it shows: only there is an armed fault asked for, and its `next` used up.
    pub routes: &'static [&'static str],
    /// The editions whose real hub does it.
    pub deviation: Deviation,
    /// Changes the habit.
    pub apply: fn(&mut Habits),
}

/// The editions whose real hub breaks the clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    seen_in: &'static [EditionId],
    /// The edition it is known to have ended in.
    ended_in: Option<EditionId>,
}

impl Deviation {
    /// No real hub does it.
    pub const NONE: Self = Self::of(&[]);

    /// The real hubs of these editions do it.
    pub const fn of(editions: &'static [EditionId]) -> Self {
        Self { seen_in: editions, ended_in: None }
    }

    /// The same, but no longer from an edition on that would otherwise carry it over.
    pub const fn ended_in(self, edition: EditionId) -> Self {
        Self { ended_in: Some(edition), ..self }
    }

    /// Whether the real hub of this edition does it, or continues one that does.
    pub fn contains(self, edition: EditionId) -> bool {
        let ended = self.ended_in.is_some_and(|first| edition >= first);
        edition.shares_with(self.seen_in) && !ended
    }

    /// The editions it was seen in, oldest first.
    pub fn editions(self) -> &'static [EditionId] {
        self.seen_in
    }
}
