//! Fresh kit is never ready.

use contract::catalogue::Who;
use contract::kit::Reader;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B20",
    title: "fresh kit is never ready",
    group: Group::Host,
    cause: "the template comments out OMOP_DATA_DIR and the checklist insists on it",
    symptom: "a kit as it comes cannot pass the checklist",
    fix: "set OMOP_DATA_DIR",
    owner: Who::Operator,
    clauses: &["HOST-DATA-01"],
    caught_by: &[Catcher::SiteCheck("host.omop-dir")],
    play: Play::Here {
        with: "a kit with OMOP_DATA_DIR as the template has it",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let mut kit = play.sample.kit()?;
    if bench.plants() {
        kit.comment_out(&["OMOP_DATA_DIR"]);
    }
    play.sample.put(".env.KCH.production", 0o600, kit.expose())?;
    play.scene.planted("the operator leaves OMOP_DATA_DIR as the template has it: commented out");
    // Row 13 of the readiness checklist, and the guard of the start.
    let set = kit.value(Reader::Checklist, "OMOP_DATA_DIR");
    let filled =
        set.is_some_and(|path| std::fs::read_dir(path).is_ok_and(|mut all| all.next().is_some()));
    let told = if filled {
        "checklist: OMOP data dir ✅"
    } else {
        "checklist: OMOP data dir ❌; up: OMOP DB data dir is empty or missing"
    };
    play.scene.symptom(!filled, "a fresh kit that is not ready", told);
    let site = play.sample.site()?;
    play.judged(&site)
}
