//! The bug bank: bugs of past federations, each brought about on the stand-ins and caught by name.
//!
//! A bug is a row of data and a play ([`Bug`], one file each): it plants the bug through the same seams
//! a run uses, looks for what its victims saw, and runs the scenario, matrix cell, site check or oracle
//! that catches it. [`play`] weighs what came of it.

mod answering;
mod bench;
mod bug;
mod handshake;
mod oracles;
mod scene;
mod site;
mod verdict;

mod b01_metrics_lost_between_releases;
mod b02_payload_key_changed;
mod b03_two_truths;
mod b04_internal_key_lost_at_edge;
mod b05_registration_looks_for_local_hub;
mod b06_remote_command_refused;
mod b07_kit_copied_from_nowhere;
mod b08_decryption_not_granted;
mod b09_server_key_in_package;
mod b10_keys_of_all_sites;
mod b11_second_site_cuts_first;
mod b12_wrong_kit_guard;
mod b13_one_rate_limit;
mod b14_heartbeats_refused;
mod b15_status_stuck;
mod b16_site_behind_nat;
mod b17_fl_client_without_site_key;
mod b18_third_slot;
mod b19_registry_setting_missing;
mod b20_fresh_kit_never_ready;
mod b21_literal_home;
mod b22_default_passwords;
mod b23_gpu_asked;
mod b24_image_folder_of_root;
mod b25_fl_kit_of_root;
mod b26_half_a_node;
mod b27_start_taken_for_upgrade;
mod b28_database_older_than_code;
mod b29_kits_orphaned;
mod b30_redeploy_during_training;
mod b31_hub_half_deployed;
mod b32_cipher_flag_day;
mod b33_mixed_fl_kit;
mod b34_hand_made_fl_kit;
mod b35_no_slot_left;
mod b36_display_name_for_slot;
mod b37_wrong_fl_host;
mod b38_firewall_rule_by_group;
mod b39_one_port_two_meanings;
mod b40_image_lacks_release;
mod b41_keys_never_arrived;
mod b42_old_command_new_address;
mod b43_freeze_unknown_to_old_trust;
mod b44_frozen_after_the_images;
mod b45_password_encoded_twice;
mod b46_third_slot_without_mock_data;
mod b47_registry_of_another_estate;
mod b48_value_padded_before_remark;
mod b49_fl_kit_of_an_older_nvflare;
mod b50_job_held_for_a_gpu;
mod b51_flower_runs_everywhere;
mod b52_helm_fights_over_a_secret;

pub use bench::{
    Bench, Conduct, Sabotage, Trained, Workshop, WrongHub, WrongTrust, able_to_train,
    exchange_line, status_line, task_line,
};
pub use bug::{Bug, Catcher, Group, Play};
pub use oracles::{ORACLES, proposes_start_as_upgrade};
pub use scene::{Caught, Scene};
pub use verdict::{Played, Verdict, play};

/// Every bug, by number.
pub const ALL: [&Bug; 52] = [
    &b01_metrics_lost_between_releases::BUG,
    &b02_payload_key_changed::BUG,
    &b03_two_truths::BUG,
    &b04_internal_key_lost_at_edge::BUG,
    &b05_registration_looks_for_local_hub::BUG,
    &b06_remote_command_refused::BUG,
    &b07_kit_copied_from_nowhere::BUG,
    &b08_decryption_not_granted::BUG,
    &b09_server_key_in_package::BUG,
    &b10_keys_of_all_sites::BUG,
    &b11_second_site_cuts_first::BUG,
    &b12_wrong_kit_guard::BUG,
    &b13_one_rate_limit::BUG,
    &b14_heartbeats_refused::BUG,
    &b15_status_stuck::BUG,
    &b16_site_behind_nat::BUG,
    &b17_fl_client_without_site_key::BUG,
    &b18_third_slot::BUG,
    &b19_registry_setting_missing::BUG,
    &b20_fresh_kit_never_ready::BUG,
    &b21_literal_home::BUG,
    &b22_default_passwords::BUG,
    &b23_gpu_asked::BUG,
    &b24_image_folder_of_root::BUG,
    &b25_fl_kit_of_root::BUG,
    &b26_half_a_node::BUG,
    &b27_start_taken_for_upgrade::BUG,
    &b28_database_older_than_code::BUG,
    &b29_kits_orphaned::BUG,
    &b30_redeploy_during_training::BUG,
    &b31_hub_half_deployed::BUG,
    &b32_cipher_flag_day::BUG,
    &b33_mixed_fl_kit::BUG,
    &b34_hand_made_fl_kit::BUG,
    &b35_no_slot_left::BUG,
    &b36_display_name_for_slot::BUG,
    &b37_wrong_fl_host::BUG,
    &b38_firewall_rule_by_group::BUG,
    &b39_one_port_two_meanings::BUG,
    &b40_image_lacks_release::BUG,
    &b41_keys_never_arrived::BUG,
    &b42_old_command_new_address::BUG,
    &b43_freeze_unknown_to_old_trust::BUG,
    &b44_frozen_after_the_images::BUG,
    &b45_password_encoded_twice::BUG,
    &b46_third_slot_without_mock_data::BUG,
    &b47_registry_of_another_estate::BUG,
    &b48_value_padded_before_remark::BUG,
    &b49_fl_kit_of_an_older_nvflare::BUG,
    &b50_job_held_for_a_gpu::BUG,
    &b51_flower_runs_everywhere::BUG,
    &b52_helm_fights_over_a_secret::BUG,
];

/// The bug with this exact id.
pub fn bug(id: &str) -> Option<&'static Bug> {
    ALL.into_iter().find(|bug| bug.id == id)
}

#[cfg(test)]
mod tests {
    use contract::catalogue;

    use super::*;
    use crate::engine::{FeatureSet, FeatureSource};

    #[test]
    fn what_is_said_to_catch_a_bug_exists() {
        let set = FeatureSet::load(&FeatureSource::Embedded).expect("features");
        for bug in ALL {
            for catcher in bug.caught_by {
                let exists = match catcher {
                    Catcher::Scenario(id) => set.cases.iter().any(|case| case.id == *id),
                    Catcher::Oracle(name) => ORACLES.iter().any(|(known, _)| known == name),
                    Catcher::Cell(name) => bench::pairing(name).is_ok(),
                    Catcher::SiteCheck(id) => crate::site_check::find(id).is_some(),
                };
                assert!(exists, "{}: {catcher}", bug.id);
            }
        }
    }

    #[test]
    fn every_bug_the_catalogue_names_is_known_and_every_clause_of_a_bug_too() {
        for clause in &catalogue::REQUIREMENTS {
            for id in clause.bugs() {
                assert!(bug(id).is_some(), "{} names {id}", clause.id);
            }
        }
        for bug in ALL {
            for id in bug.clauses {
                assert!(catalogue::find(id).is_some(), "{} names {id}", bug.id);
            }
        }
    }

    #[test]
    fn ids_count_up_and_texts_are_fragments() {
        for (place, bug) in ALL.iter().enumerate() {
            assert_eq!(bug.id, format!("B{}", place + 1));
            for text in [bug.title, bug.cause, bug.symptom, bug.fix] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}", bug.id);
            }
        }
    }
}
