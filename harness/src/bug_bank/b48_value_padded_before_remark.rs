//! Value padded before a remark.

use contract::catalogue::Who;
use contract::kit::Reader;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B48",
    title: "value padded before a remark",
    group: Group::Kits,
    cause: "env files are make syntax: blanks before a # on the line are part of the value",
    symptom: "a word that looks right is refused far from the file it stands in",
    fix: "put remarks on lines of their own",
    owner: Who::Operator,
    clauses: &["KIT-FORM-02"],
    caught_by: &[Catcher::SiteCheck("kit.readers")],
    play: Play::Here {
        with: "a kit with a remark behind a value, read by make",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let kit = play.sample.kit()?;
    if bench.plants() {
        let text =
            kit.expose().replace("FL_BACKEND=nvflare\n", "FL_BACKEND=nvflare   # or flower\n");
        play.sample.put(".env.KCH.production", 0o600, &text)?;
    }
    play.scene.planted("somebody notes the other choice behind FL_BACKEND");
    let value = play.sample.kit()?.value(Reader::Make, "FL_BACKEND").unwrap_or_default();
    let known = ["nvflare", "flower"].contains(&value.as_str());
    let told = if known {
        format!("make: backend {value:?}")
    } else {
        format!("make: no rule for the backend {value:?}")
    };
    play.scene.symptom(!known, "a backend nobody knows", told);
    let site = play.sample.site()?;
    play.judged(&site)
}
