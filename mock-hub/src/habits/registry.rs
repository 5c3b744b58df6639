//! Registration, slots, deletion.

use super::Duty;

/// Habits of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistryHabits {
    /// What the two keys of a registration look like.
    pub mint: KeyMint,
    /// Lists show no hash of a key.
    pub hide_hashes: Duty,
    /// A new key opens the next request.
    pub admit_new_key: Duty,
    /// A deleted trust's key is refused on the next request.
    pub refuse_deleted_key: Duty,
    /// When the name is compared with the names taken.
    pub name_check: NameCheck,
    /// Names that differ in letter case only are one name.
    pub fold_name_case: Duty,
    /// A name or code of blanks is refused.
    pub refuse_blank: Duty,
    /// Blanks around name, code and region are dropped.
    pub trim: Duty,
    /// Which slot a registration gets.
    pub claim: SlotClaim,
    /// A registration that finds no slot leaves no trust behind.
    pub undo_without_slot: Duty,
    /// An empty pool reads its configured names again (where the edition can).
    pub reread_pool: Duty,
    /// Registering a taken name leaves the holder's key as it is.
    pub spare_key_on_repeat: Duty,
    /// A freed slot goes to others only after every fresh one.
    pub hold_freed_slots: Duty,
    /// Deleting a trust removes its tasks, metrics, logs and links.
    pub clear_rows: Duty,
    /// A trust registered again gets a new id.
    pub fresh_id: Duty,
    /// Recreating the database forgets every key.
    pub forget_on_reset: Duty,
    /// A database that lacks columns is migrated, or stops the start where the edition migrates none.
    pub fit_schema: Duty,
    /// A migration keeps every row.
    pub migrate_rows: Duty,
}

/// What the two keys of a registration look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMint {
    /// Two different keys of 43 characters.
    Proper,
    /// Two different keys of 32 characters.
    Short,
    /// One key under both names.
    TwiceTheSame,
}

/// When a new name is compared with the names taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameCheck {
    /// In the transaction that adds the trust.
    UnderLock,
    /// Before it, so that two callers at once may both pass.
    BeforeLock,
    /// Not at all.
    Never,
}

/// Which slot a registration gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotClaim {
    /// The free one with the lowest number.
    Lowest,
    /// The free one with the highest number.
    Highest,
    /// One that is already assigned, if any is.
    Taken,
}

impl RegistryHabits {
    pub(super) const IDEAL: Self = Self {
        mint: KeyMint::Proper,
        hide_hashes: Duty::Kept,
        admit_new_key: Duty::Kept,
        refuse_deleted_key: Duty::Kept,
        name_check: NameCheck::UnderLock,
        fold_name_case: Duty::Kept,
        refuse_blank: Duty::Kept,
        trim: Duty::Kept,
        claim: SlotClaim::Lowest,
        undo_without_slot: Duty::Kept,
        reread_pool: Duty::Kept,
        spare_key_on_repeat: Duty::Kept,
        hold_freed_slots: Duty::Kept,
        clear_rows: Duty::Kept,
        fresh_id: Duty::Kept,
        forget_on_reset: Duty::Kept,
        fit_schema: Duty::Kept,
        migrate_rows: Duty::Kept,
    };
}
