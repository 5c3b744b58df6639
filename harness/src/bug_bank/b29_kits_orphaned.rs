//! Kits orphaned by a new database.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B29",
    title: "kits orphaned by a new database",
    group: Group::Upgrade,
    cause: "recreating the database deleted every registration the kits belong to",
    symptom: "every site is refused with 401, and after registering again ids are new and slots may differ",
    fix: "register again, sync and package every kit, FL kits too",
    owner: Who::Admin,
    clauses: &["UPG-RECREATE-01", "UPG-RECREATE-02"],
    caught_by: &[Catcher::Scenario(
        "onboarding/trust-identity/a-trust-whose-identity-matches-says-so-once-and-goes-on",
    )],
    play: Play::NotYet,
};
