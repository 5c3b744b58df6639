//! The mutants against the catalogue: nothing unproven, no deviation forgotten or invented.

use std::collections::BTreeSet;

use contract::catalogue::{self, By, Deviation, Level, REQUIREMENTS, Subject};
use contract::edition::EditionId;
use contract::fl_line::FlLineId;
use mock_trust::mutants;

#[test]
fn every_must_of_a_trust_has_a_mutant() {
    for row in REQUIREMENTS.iter().filter(|row| row.subject == Subject::Trust) {
        let broken = mutants::ALL.iter().any(|mutant| mutant.breaks.contains(&row.id));
        assert!(broken || row.level != Level::Must, "{} has no mutant", row.id);
    }
}

#[test]
fn mutants_break_requirements_that_exist() {
    for mutant in mutants::ALL {
        for id in mutant.breaks {
            assert!(catalogue::find(id).is_some(), "{}: {id}", mutant.name);
        }
    }
}

#[test]
fn deviations_of_mutants_are_those_of_the_catalogue() {
    for row in REQUIREMENTS.iter().filter(|row| row.subject == Subject::Trust) {
        let deviations = || {
            row.deviations
                .iter()
                .filter(|deviation| deviation.by == By::Services || is_of_newest_line(deviation))
        };
        let mutants = || mutants::ALL.iter().filter(|mutant| mutant.breaks.contains(&row.id));
        let editions = || EditionId::ALL.into_iter();
        let known: BTreeSet<EditionId> =
            editions().filter(|&edition| deviations().any(|d| d.concerns(edition))).collect();
        let armed: BTreeSet<EditionId> = editions()
            .filter(|&edition| mutants().any(|mutant| mutant.deviation.holds_in(edition)))
            .collect();
        assert_eq!(armed, known, "{}", row.id);
    }
}

/// A node's FL client is of the newest line; what only older lines do is chosen by line.
fn is_of_newest_line(deviation: &Deviation) -> bool {
    deviation.fl_lines().contains(&FlLineId::DEFAULT)
}
