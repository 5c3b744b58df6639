//! Every fault in one list.

use super::{
    Fault, auth, cohort, conditions, credentials, edge, errors, heartbeat, ingest, rate, registry,
    tasks, wear,
};

/// Every fault, by theme, in the order of the clauses they break. Ends with the conditions.
pub static ALL: &[Fault] = &LISTED;

/// Clauses about the hub that no fault of this mock breaks, and why.
pub const NOT_PLAYED: &[(&str, &str)] =
    &[("HUB-DEPLOY-04", "ports of machines and networks, which a mock has none of")];

/// The fault of this name.
pub fn by_name(name: &str) -> Option<&'static Fault> {
    ALL.iter().find(|fault| fault.name == name)
}

/// The names of all faults, as a fault book takes them.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|fault| fault.name).collect()
}

const THEMES: [&[Fault]; 12] = [
    auth::ROWS,
    registry::ROWS,
    tasks::ROWS,
    heartbeat::ROWS,
    rate::ROWS,
    cohort::ROWS,
    errors::ROWS,
    edge::ROWS,
    ingest::ROWS,
    credentials::ROWS,
    wear::ROWS,
    conditions::ROWS,
];

const fn count() -> usize {
    let (mut total, mut theme) = (0, 0);
    while theme < THEMES.len() {
        total += THEMES[theme].len();
        theme += 1;
    }
    total
}

static LISTED: [Fault; count()] = {
    let mut listed = [auth::ROWS[0]; count()];
    let (mut at, mut theme) = (0, 0);
    while theme < THEMES.len() {
        let mut row = 0;
        while row < THEMES[theme].len() {
            listed[at] = THEMES[theme][row];
            at += 1;
            row += 1;
        }
        theme += 1;
    }
    listed
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use contract::catalogue::{self as requirements, By, Level, Subject};
    use contract::edition::EditionId;

    use super::super::routes;
    use super::*;
    use crate::habits::{Conduct, Habits};

    #[test]
    fn every_fault_changes_something_and_has_a_name_of_its_own() {
        let ideal = Habits::ideal(EditionId::DEFAULT.row());
        let mut seen = BTreeSet::new();
        for fault in ALL {
            assert!(seen.insert(fault.name), "{} twice", fault.name);
            assert!(
                fault
                    .name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'-' || b.is_ascii_digit())
            );
            assert!(fault.sentence.ends_with('.'), "{}", fault.name);
            let mut habits = ideal;
            (fault.apply)(&mut habits);
            assert_ne!(habits, ideal, "{}", fault.name);
            assert!(fault.routes.iter().all(|route| routes::NAMES.contains(route)));
        }
    }

    #[test]
    fn no_two_deviations_of_an_edition_undo_each_other() {
        for edition in EditionId::ALL {
            let built = Conduct::AsBuilt.habits(edition.row());
            for fault in ALL.iter().filter(|fault| fault.deviation.contains(edition)) {
                let mut again = built;
                (fault.apply)(&mut again);
                assert_eq!(again, built, "{} in {edition}", fault.name);
            }
        }
    }

    #[test]
    fn every_clause_a_hub_must_keep_can_be_broken_or_says_why_not() {
        let broken = |id: &str| ALL.iter().any(|fault| fault.breaks.contains(&id));
        let excused = |id: &str| NOT_PLAYED.iter().any(|(left_out, _)| *left_out == id);
        for row in requirements::of(Subject::Hub).filter(|row| row.level == Level::Must) {
            assert_ne!(broken(row.id), excused(row.id), "{}", row.id);
        }
        for (id, _) in NOT_PLAYED {
            assert!(requirements::find(id).is_some(), "{id}");
        }
        for id in ALL.iter().flat_map(|fault| fault.breaks) {
            let row = requirements::find(id).expect("the clause exists");
            // What an FL run leaves behind is the hub's to keep, whoever the clause is about, and
            // FL credentials are made beside it.
            let near = matches!(row.subject, Subject::Hub | Subject::FlServer);
            assert!(near || *id == "ROT-FL-01", "{id}");
        }
    }

    #[test]
    fn what_the_real_hub_does_against_a_clause_is_a_fault_of_that_edition() {
        for (row, deviation) in requirements::deviations() {
            if row.subject != Subject::Hub || deviation.by != By::Services {
                continue;
            }
            for edition in EditionId::ALL.into_iter().filter(|id| deviation.concerns(*id)) {
                let mut faults = ALL.iter().filter(|fault| fault.breaks.contains(&row.id));
                let played = faults.any(|fault| fault.deviation.contains(edition));
                assert!(played, "{} in {edition}", row.id);
            }
        }
    }

    #[test]
    fn conditions_alone_break_no_clause() {
        for fault in ALL {
            let condition = conditions::ROWS.iter().any(|row| row.name == fault.name);
            assert_eq!(fault.breaks.is_empty(), condition, "{}", fault.name);
        }
    }
}
