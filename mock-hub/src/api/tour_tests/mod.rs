//! Every fault shows: a fixed tour through the hub reads differently with it than without.

mod guide;
mod ingest;
mod projects;
mod registry;
mod work;

use contract::edition::EditionId;

use crate::faults::{ALL, Fault};
use crate::habits::{Conduct, Habits};
use guide::Guide;

/// What the hub of an edition says on the whole tour.
async fn tour(edition: EditionId, habits: Habits) -> Vec<String> {
    let mut guide = Guide::new(edition, habits);
    registry::visit(&mut guide).await;
    work::visit(&mut guide).await;
    ingest::visit(&mut guide).await;
    projects::visit(&mut guide).await;
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
    let editions = [
        EditionId::DEFAULT,
        EditionId::V2026_11,
        EditionId::V2026_06,
        EditionId::V2026_03,
        EditionId::TrustKeys,
    ];
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

/// Faults no request to the API shows: those of a start on a state file, which the tests of the store
/// show, and those of FL credentials at the FL endpoint (`tests/fl_kits.rs`).
const OFF_TOUR: [&str; 9] = [
    "serves-on-old-schema",
    "migration-drops-rows",
    "renews-provisioning-for-one-client",
    "takes-former-fl-credentials",
    // What a listener shows before any call, and what only adds up over many of them.
    "shows-certificate-of-unknown-issuer",
    "shows-certificate-of-another-name",
    "shows-expired-certificate",
    "keeps-session-of-refused-call",
    "keeps-session-of-long-body",
];
