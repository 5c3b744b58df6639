//! Third slot without mock data.

use contract::catalogue::Who;
use contract::kit::Reader;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B46",
    title: "third slot without mock data",
    group: Group::Kits,
    cause: "mock data comes in two partitions, and a first start seeds the partition of the slot",
    symptom: "from slot 3 on the site starts with empty databases, and every cohort is suppressed",
    fix: "set SOURCE_TRUST before the first start",
    owner: Who::Operator,
    clauses: &["HOST-DATA-01"],
    caught_by: &[Catcher::SiteCheck("kit.mock-data")],
    play: Play::Here {
        with: "a kit of slot 7, and a seed of two partitions",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let data = play.sample.folder().join("omop/PG_VERSION");
    std::fs::remove_file(data).map_err(crate::finding::Stop::not_verified)?;
    if !bench.plants() {
        play.sample.set(&[("SOURCE_TRUST", "2")])?;
    }
    play.scene.planted("a new site is started for a try, without data of its own");
    let kit = play.sample.kit()?;
    let partition = ["SOURCE_TRUST", "FL_KIT_SLOT_NUMBER"]
        .into_iter()
        .find_map(|key| kit.value(Reader::Make, key)?.parse::<u32>().ok())
        .unwrap_or_default();
    let seeded = PARTITIONS.contains(&partition);
    let told = if seeded {
        format!("seed: partition {partition} of the mock data")
    } else {
        format!("seed: no partition {partition}, 0 persons; exit 0")
    };
    play.scene.symptom(!seeded, "a site without one person", told);
    let site = play.sample.site()?;
    play.judged(&site)
}

const PARTITIONS: [u32; 2] = [1, 2];
