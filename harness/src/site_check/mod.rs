//! What a site must have right before its node starts: the engine room of `flipcheck preflight`.
//!
//! A check is a row of data ([`SiteCheck`]) and one plain function over a [`Site`]: the kit's text, the
//! FL kit's tree, the package, and facts about host, hub, names and images. Gathering the facts and
//! judging them are apart: everything that touches the machine only reads, and yields facts; every
//! judgement is a pure function of them. What could not be seen is *not verified*, never *ok*.
//!
//! No message ever holds a secret: values of secret keys are not shown at all, and what comes out of
//! somebody else's file is shown cut and escaped.

pub mod certificate;
mod check;
mod container;
mod directory;
mod fl_files;
mod fl_identity;
mod fl_owner;
mod fl_tree;
mod host;
mod host_facts;
mod host_probe;
mod hub_agreement;
mod images;
mod kit_file;
mod kit_values;
mod names;
mod package;
mod package_tree;
mod provisioning;
mod registry;
pub mod sample;
mod site;

use contract::catalogue;

pub use check::{Check, Judgement, Owner, Ruling, SiteCheck, SiteOutcome, Unseen, ready};
#[cfg(feature = "containers")]
pub(crate) use check::{listed, shown};
pub use container::Container;
pub use directory::Directory;
pub use fl_tree::{Entry, EntryKind, FlTree};
pub use host_facts::{Fact, HostFacts, Swarm};
pub use host_probe::HostProbe;
pub use hub_agreement::HubFacts;
pub use images::{ImageFacts, ImageRef, Presence, images_of};
pub use names::{HostsFile, look_up};
pub use package_tree::PackageTree;
pub use registry::look_for_images;
pub use site::{KitFile, Site};

/// Every check, in the order of the report.
pub fn all() -> impl Iterator<Item = &'static SiteCheck> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// The check with this id.
pub fn find(id: &str) -> Option<&'static SiteCheck> {
    all().find(|row| row.id == id)
}

/// Runs every check over what is known of the site.
pub fn examine(site: &Site) -> Vec<Check> {
    all().map(|row| judge(row, site)).collect()
}

/// Runs one check. A clause that says nothing about the site's edition is not applicable.
pub fn judge(row: &SiteCheck, site: &Site) -> Check {
    let clause = catalogue::find(row.requirement);
    let ruling = match clause {
        Some(clause) if !clause.applies_to(site.edition.id) => {
            Ruling::not_applicable(format!("{} is no clause of this edition", row.requirement))
        }
        _ => (row.judge)(site).map_or_else(|ruling| ruling, Ruling::ok),
    };
    row.report(ruling)
}

const TABLES: &[&[SiteCheck]] = &[
    kit_file::ROWS,
    kit_values::ROWS,
    fl_files::ROWS,
    fl_identity::ROWS,
    fl_owner::ROWS,
    host::ROWS,
    container::ROWS,
    images::ROWS,
    names::ROWS,
    hub_agreement::ROWS,
    package::ROWS,
];

#[cfg(test)]
mod tests;
