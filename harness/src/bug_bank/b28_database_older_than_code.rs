//! Database older than the code.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B28",
    title: "database older than the code",
    group: Group::Upgrade,
    cause: "start-up creates missing tables only and changes none that exist",
    symptom: "500 on every route that touches a changed table, while the health page is content",
    fix: "recreate the database, or move to a release that migrates",
    owner: Who::Admin,
    clauses: &["HUB-DEPLOY-06", "UPG-SCHEMA-01"],
    caught_by: &[Catcher::Scenario(
        "upgrade/hub-schema/a-release-on-the-state-of-the-one-before-serves-its-trusts-or-does-not-start",
    )],
    play: Play::NotYet,
};
