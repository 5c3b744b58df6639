//! The registry's rules, without HTTP.

use super::*;
use crate::domain::{Caller, DomainOptions, Settings};
use crate::habits::{Conduct, Duty};

fn domain(slots: &[&str]) -> (Domain, Habits) {
    let settings = Settings {
        slot_names: slots.iter().map(|&name| name.to_owned()).collect(),
        ..Settings::default()
    };
    let options = DomainOptions { seed: Some(7), settings, ..DomainOptions::default() };
    let habits = Conduct::Ideal.habits(contract::edition::EditionId::DEFAULT.row());
    (Domain::open(options, &habits).expect("the schema is its own"), habits)
}

fn named(name: &str) -> NewTrust {
    NewTrust { name: name.into(), code: "C".into(), ..NewTrust::default() }
}

fn hash(key: &Secret) -> KeyHash {
    KeyHash::of(key.expose().as_bytes())
}

#[test]
fn a_registration_gives_two_keys_and_a_slot_and_its_key_opens_at_once() {
    let (domain, habits) = domain(&["Trust_2", "Trust_1"]);
    let first = domain.register(named(" Alpha "), &habits).expect("a slot is free");
    assert_eq!(first.trust.name, "Alpha");
    assert_eq!(first.trust.slot, Some(Slot::named("Trust_1")));
    assert_eq!((first.api_key.expose().len(), first.site_key.expose().len()), (43, 43));
    assert_ne!(first.api_key, first.site_key);
    let caller = domain.caller(hash(&first.api_key), &habits);
    assert!(matches!(caller, Caller::Known(trust) if trust.id == first.trust.id));
    let site = domain.caller(hash(&first.site_key), &habits);
    assert!(matches!(site, Caller::Unknown { was_deleted: false }));
}

#[test]
fn a_taken_name_is_refused_in_any_letter_case_and_nothing_moves() {
    let (domain, mut habits) = domain(&["Trust_1", "Trust_2"]);
    let first = domain.register(named("Alpha"), &habits).expect("a slot is free");
    let taken = domain.register(named("ALPHA"), &habits).map(|_| ());
    assert_eq!(taken, Err(RegisterError::NameTaken("ALPHA".into())));
    assert_eq!(domain.free_slots().len(), 1);
    let caller = domain.caller(hash(&first.api_key), &habits);
    assert!(matches!(caller, Caller::Known(_)));
    habits.registry.fold_name_case = Duty::Broken;
    assert!(domain.register(named("ALPHA"), &habits).is_ok());
}

#[test]
fn an_empty_pool_refuses_leaves_nothing_and_reads_its_names_again() {
    let (domain, habits) = domain(&["Trust_1"]);
    domain.register(named("Alpha"), &habits).expect("a slot is free");
    let refused = domain.register(named("Beta"), &habits).map(|_| ());
    assert_eq!(refused, Err(RegisterError::NoSlot));
    assert_eq!(domain.trust_count(), 1);
    domain.change_settings(|settings| settings.slot_names.push("Trust_9".into()));
    let beta = domain.register(named("Beta"), &habits).expect("the pool was read again");
    assert_eq!(beta.trust.slot, Some(Slot::named("Trust_9")));
}

#[test]
fn deleting_frees_the_slot_and_the_key_and_registering_again_is_a_new_trust() {
    let (domain, habits) = domain(&["Trust_1", "Trust_2"]);
    let first = domain.register(named("Alpha"), &habits).expect("a slot is free");
    let report = domain.delete(first.trust.id, &habits).expect("it is registered");
    assert_eq!(report.freed_fl_kit_slot.as_deref(), Some("Trust_1"));
    assert_eq!(report.dependent_rows_deleted.len(), 8);
    let caller = domain.caller(hash(&first.api_key), &habits);
    assert!(matches!(caller, Caller::Unknown { was_deleted: true }));
    assert!(domain.delete(first.trust.id, &habits).is_none());
    let again = domain.register(named("Alpha"), &habits).expect("the name is free");
    assert_ne!(again.trust.id, first.trust.id);
    assert_ne!(again.api_key, first.api_key);
    assert_eq!(again.trust.slot, first.trust.slot);
    assert_eq!(domain.audit().len(), 3);
}

#[test]
fn many_callers_at_once_get_one_name_once_and_no_slot_twice() {
    let names: Vec<String> = (1..=40).map(|number| format!("Trust_{number}")).collect();
    let (domain, habits) = domain(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let results: Vec<Result<Slot, RegisterError>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..40)
            .map(|number| {
                let (domain, habits) = (&domain, &habits);
                let name = if number % 4 == 0 { "Same".into() } else { format!("N{number}") };
                scope.spawn(move || {
                    let done = domain.register(named(&name), habits)?;
                    Ok(done.trust.slot.clone().expect("the pool is large enough"))
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).collect()
    });
    let mut slots: Vec<&Slot> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    assert_eq!(slots.len(), 31);
    slots.sort();
    slots.dedup();
    assert_eq!(slots.len(), 31);
}

#[test]
fn a_seed_repeats_ids_and_keys() {
    let register = || {
        let (domain, habits) = domain(&["Trust_1"]);
        let done = domain.register(named("Alpha"), &habits).expect("a slot is free");
        (done.trust.id, done.api_key)
    };
    assert_eq!(register(), register());
}
