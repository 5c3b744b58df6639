//! FL kit of an older NVFLARE.

use contract::catalogue::Who;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B49",
    title: "FL kit of an older NVFLARE",
    group: Group::Images,
    cause: "a kit of NVFLARE 2.7 is kept when the images move to 2.9, which reads kits of 2.8 and later",
    symptom: "the FL client ends at its start, whichever server it would call",
    fix: "provision again with the NVFLARE of the images and send new FL kits",
    owner: Who::Admin,
    clauses: &["HOST-FLKIT-02"],
    caught_by: &[Catcher::SiteCheck("fl-kit.signature")],
    play: Play::Here {
        with: "an FL kit signed as NVFLARE 2.7 signs",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    if bench.plants() {
        play.sample.sign()?;
    }
    play.scene.planted("the site keeps the FL kit of before the upgrade");
    let site = play.sample.site()?;
    let old = site.fl_kit.as_ref().is_ok_and(|tree| {
        tree.entries().any(|(path, _)| path.file_name() == Some("signature.json"))
    });
    let told = if old {
        "fl-client: the kit was made by another release, exit 1"
    } else {
        "fl-client: started"
    };
    play.scene.symptom(old, "a client that ends at its start", told);
    play.judged(&site)
}
