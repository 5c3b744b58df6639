//! Every fault shows: a fixed tour through the hub reads differently with it than without.

mod guide;
mod ingest;
mod registry;
mod work;

use contract::edition::EditionId;

use crate::faults::{ALL, Fault, by_name};
use crate::habits::{Conduct, Habits};
use guide::Guide;

/// What the hub of an edition says on the whole tour.
async fn tour(edition: EditionId, habits: Habits) -> Vec<String> {
    let mut guide = Guide::new(edition, habits);
    registry::visit(&mut guide).await;
    work::visit(&mut guide).await;
    ingest::visit(&mut guide).await;
    if habits.tasks.limit_result.broken() || habits == Conduct::Ideal.habits(edition.row()) {
        // Ten million characters are asked about only where the answer can differ.
        work::oversized(&mut guide).await;
    }
    guide.transcript
}

/// The first place where two tours part.
fn difference<'t>(one: &'t [String], other: &'t [String]) -> Option<(&'t str, &'t str)> {
    let mut pairs = one.iter().zip(other);
    pairs.find(|(one, other)| one != other).map(|(one, other)| (one.as_str(), other.as_str()))
}

async fn shows(fault: &Fault, edition: EditionId, plain: &[String]) -> bool {
    let mut habits = Conduct::Ideal.habits(edition.row());
    (fault.apply)(&mut habits);
    difference(plain, &tour(edition, habits).await).is_some()
}

#[tokio::test]
async fn every_fault_shows_on_the_tour_of_some_edition() {
    let editions =
        [EditionId::DEFAULT, EditionId::V2026_06, EditionId::V2026_03, EditionId::TrustKeys];
    let mut plain = Vec::new();
    for edition in editions {
        plain.push(tour(edition, Conduct::Ideal.habits(edition.row())).await);
    }
    let mut silent = Vec::new();
    for fault in ALL.iter().filter(|fault| !OFF_TOUR.contains(&fault.name)) {
        let mut seen = false;
        for (edition, plain) in editions.into_iter().zip(&plain) {
            seen = seen || shows(fault, edition, plain).await;
        }
        if !seen {
            silent.push(fault.name);
        }
    }
    assert!(silent.is_empty(), "these faults change nothing that can be seen: {silent:?}");
}

#[tokio::test]
async fn the_tour_repeats_itself() {
    let habits = Conduct::Ideal.habits(EditionId::DEFAULT.row());
    let (one, other) =
        (tour(EditionId::DEFAULT, habits).await, tour(EditionId::DEFAULT, habits).await);
    assert_eq!(difference(&one, &other), None);
    assert!(one.len() > 100);
}

#[test]
fn an_outdated_database_stops_the_start_unless_that_is_the_fault() {
    use crate::domain::{Domain, DomainOptions};
    let open = |habits: &Habits| {
        let options = DomainOptions {
            edition: Some(EditionId::V2026_06),
            schema_of: Some(EditionId::V2026_03),
            ..DomainOptions::default()
        };
        Domain::open(options, habits)
    };
    let mut habits = Conduct::Ideal.habits(EditionId::V2026_06.row());
    assert!(open(&habits).is_err());
    let fault = by_name(AT_START).expect("the fault exists");
    (fault.apply)(&mut habits);
    assert!(open(&habits).is_ok_and(|domain| domain.lacks_columns()));
}

const AT_START: &str = "serves-on-old-schema";
/// Faults no request to the API shows: one at the start, those of FL credentials at the FL endpoint
/// (`tests/fl_kits.rs`).
const OFF_TOUR: [&str; 3] =
    [AT_START, "renews-provisioning-for-one-client", "takes-former-fl-credentials"];
