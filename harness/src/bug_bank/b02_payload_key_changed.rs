//! Payload key changed behind a site's back.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B2",
    title: "payload key changed behind a site's back",
    group: Group::Keys,
    cause: "the hub was deployed with another payload key while the site kept its kit",
    symptom: "the site stays Online and every task comes back as failed",
    fix: "bring the env file and the hub together, sync and resend the kit, replace its shared block, recreate the containers",
    owner: Who::Admin,
    clauses: &["TRUST-TASK-03", "HOST-KEY-01", "ROT-AES-01"],
    caught_by: &[Catcher::Scenario(
        "tasks/trust-task-types/update-user-profile-returns-nothing-but-that-it-was-done",
    )],
    play: Play::NotYet,
};
