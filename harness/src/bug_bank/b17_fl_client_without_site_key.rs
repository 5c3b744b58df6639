//! FL client turned away at its own site.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B17",
    title: "FL client turned away at its own site",
    group: Group::Images,
    cause: "an old FL image calls the local services without the site's key",
    symptom: "the job dies when it fetches its data: 401 from the site's own service",
    fix: "raise DOCKER_FL_TAG to an image that knows the site key",
    owner: Who::Operator,
    clauses: &["FL-CLIENT-02"],
    caught_by: &[Catcher::Scenario(
        "hygiene/trust-fl-client/the-fl-client-fetches-its-data-with-the-site-key-and-says-nothing-to-the-hub",
    )],
    play: Play::NotYet,
};
