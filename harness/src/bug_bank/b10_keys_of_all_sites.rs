//! One site holds everybody's keys.

use contract::catalogue::Who;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::FlTree;
use crate::site_check::sample::{SLOT, SampleSite};

pub(super) const BUG: Bug = Bug {
    id: "B10",
    title: "one site holds everybody's keys",
    group: Group::Kits,
    cause: "the key directory was copied whole, not just the site's own key",
    symptom: "one site can speak in the name of every other",
    fix: "copy the site's own key only; make the others anew",
    owner: Who::Admin,
    clauses: &["KIT-PACKAGE-02"],
    caught_by: &[
        Catcher::SiteCheck("package.private-keys"),
        Catcher::SiteCheck("fl-kit.foreign-keys"),
    ],
    play: Play::Here {
        with: "a package with the key directory of every SuperNode, and what a site has after extracting it",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::flower()?)?;
    if bench.plants() {
        for number in ["1", "2", "12"] {
            let path = format!("fl-kit/net-1/keys/supernode_credentials_{number}");
            play.sample.put(&path, 0o600, "made-up key of somebody else's SuperNode\n")?;
        }
    }
    play.scene.planted("the key directory is copied whole");
    let site = play.sample.packed(&play.sample.members()?)?;
    let tree = FlTree::read(&play.sample.fl_kit_path()).map_err(Stop::not_verified)?;
    let numbers: Vec<&str> = tree
        .entries()
        .filter_map(|(path, _)| path.file_name()?.strip_prefix("supernode_credentials_"))
        .collect();
    let told = format!("slot {} holds the keys of SuperNodes {}", SLOT.0, numbers.join(", "));
    let foreign = numbers.iter().any(|number| *number != SLOT.1);
    play.scene.symptom(foreign, "a site that can speak for others", told);
    play.judged(&site)
}
