//! Registration, slots, deletion, schema.

mod accepts_any_token;
mod accepts_blank_names;
mod checks_name_without_lock;
mod deals_freed_slot_first;
mod deals_highest_slot;
mod deals_taken_slot;
mod deleted_key_works_a_minute;
mod keeps_blanks_around_names;
mod keeps_keys_over_reset;
mod keeps_rows_of_deleted_trust;
mod leaves_trust_without_slot;
mod lets_any_user_register;
mod lists_key_hashes;
mod migration_drops_rows;
mod mints_one_key_twice;
mod mints_short_keys;
mod never_rereads_slot_pool;
mod new_key_waits_a_minute;
mod registers_one_name_twice;
mod repeat_registration_voids_key;
mod reuses_id_of_deleted_trust;
mod serves_on_old_schema;
mod tells_names_apart_by_case;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    mints_short_keys::FAULT,
    mints_one_key_twice::FAULT,
    lists_key_hashes::FAULT,
    new_key_waits_a_minute::FAULT,
    deleted_key_works_a_minute::FAULT,
    checks_name_without_lock::FAULT,
    tells_names_apart_by_case::FAULT,
    registers_one_name_twice::FAULT,
    accepts_blank_names::FAULT,
    keeps_blanks_around_names::FAULT,
    deals_highest_slot::FAULT,
    deals_taken_slot::FAULT,
    leaves_trust_without_slot::FAULT,
    never_rereads_slot_pool::FAULT,
    repeat_registration_voids_key::FAULT,
    deals_freed_slot_first::FAULT,
    lets_any_user_register::FAULT,
    accepts_any_token::FAULT,
    keeps_rows_of_deleted_trust::FAULT,
    reuses_id_of_deleted_trust::FAULT,
    keeps_keys_over_reset::FAULT,
    serves_on_old_schema::FAULT,
    migration_drops_rows::FAULT,
];
