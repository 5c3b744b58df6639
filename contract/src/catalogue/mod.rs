//! The requirement catalogue as data: one row a clause, one file an area.
//!
//! A row says what must be true ([`Requirement::sentence`]), of what ([`Subject`]), on which
//! editions, how one sees it from outside, where the real system falls short ([`Deviation`]) and
//! who puts it right ([`Hint`]). Nothing here judges: scenarios and checks name rows by id.
//!
//! A deviation softens no clause, and every clause that forbids something needs a positive control
//! on the same target. A target that cannot be brought into the state a clause asks about is *not
//! verified*, never *passed*.

mod deviation;
mod editions;
mod fl;
mod host;
mod hub_registry;
mod hub_surface;
mod hub_work;
mod kit;
mod net;
mod requirement;
mod rot;
mod trust_conduct;
mod trust_work;
mod upg;

pub use deviation::{By, Deviation, Mark};
pub use editions::Editions;
pub use requirement::{Hint, Level, Requirement, Subject, Who};

use crate::edition::EditionId;

/// Every requirement, in catalogue order.
pub static REQUIREMENTS: [Requirement; COUNT] = flatten();

/// The requirement with this exact id.
pub fn find(id: &str) -> Option<&'static Requirement> {
    REQUIREMENTS.iter().find(|row| row.id == id)
}

/// What is asked of one subject, in catalogue order.
pub fn of(subject: Subject) -> impl Iterator<Item = &'static Requirement> {
    REQUIREMENTS.iter().filter(move |row| row.subject == subject)
}

/// What can be judged on one edition, in catalogue order.
pub fn applying_to(edition: EditionId) -> impl Iterator<Item = &'static Requirement> {
    REQUIREMENTS.iter().filter(move |row| row.applies_to(edition))
}

/// Every known deviation with the requirement it breaks, in catalogue order.
pub fn deviations() -> impl Iterator<Item = (&'static Requirement, &'static Deviation)> {
    REQUIREMENTS.iter().flat_map(|row| row.deviations.iter().map(move |entry| (row, entry)))
}

const TABLES: &[&[Requirement]] = &[
    trust_work::ROWS,
    trust_conduct::ROWS,
    hub_registry::ROWS,
    hub_work::ROWS,
    hub_surface::ROWS,
    fl::ROWS,
    kit::ROWS,
    host::ROWS,
    net::ROWS,
    rot::ROWS,
    upg::ROWS,
];

const COUNT: usize = {
    let mut count = 0;
    let mut table = 0;
    while table < TABLES.len() {
        count += TABLES[table].len();
        table += 1;
    }
    count
};

#[expect(clippy::large_stack_arrays, reason = "runs at compile time only")]
const fn flatten() -> [Requirement; COUNT] {
    let mut rows = [TABLES[0][0]; COUNT];
    let (mut place, mut table) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            rows[place] = TABLES[table][row];
            place += 1;
            row += 1;
        }
        table += 1;
    }
    rows
}

#[cfg(test)]
mod tests;
