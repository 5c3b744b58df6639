//! Server key in a site's package.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B9",
    title: "server key in a site's package",
    group: Group::Kits,
    cause: "the whole directory of certificates was packed, the FL server's private key with it",
    symptom: "whoever reads the package can pose as the FL server",
    fix: "pack the CA certificate and the site's own key only; make the server's key anew",
    owner: Who::Admin,
    clauses: &["KIT-PACKAGE-02"],
    caught_by: &[],
    play: Play::NotYet,
};
