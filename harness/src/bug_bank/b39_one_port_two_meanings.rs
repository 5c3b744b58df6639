//! One port, two meanings.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B39",
    title: "one port, two meanings",
    group: Group::Kits,
    cause: "a single variable was used for the imaging web page and for DICOM",
    symptom: "images are not retrieved, or two services want one port",
    fix: "give the web page its own XNAT_WEB_PORT",
    owner: Who::Operator,
    clauses: &["HOST-PORTS-01"],
    caught_by: &[],
    play: Play::NotYet,
};
