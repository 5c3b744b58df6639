//! Default passwords pass the check.

use contract::catalogue::Who;
use contract::kit::{KEYS, Kit, KitEnv, Reader, Section, scaffold};

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B22",
    title: "default passwords pass the check",
    group: Group::Host,
    cause: "the check compares with a template that does not exist for this kit's name, and skips",
    symptom: "the checklist is content with the passwords of the template",
    fix: "compare with the template every kit is made from",
    owner: Who::Operator,
    clauses: &["HOST-PASS-01"],
    caught_by: &[Catcher::SiteCheck("kit.passwords")],
    play: Play::Here {
        with: "a kit named by CODE with the passwords of the template",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let template = scaffold("KCH", "King's Cross Hospital", KitEnv::Production);
    let template = template.map_err(Stop::not_verified)?;
    play.sample.put(".env.example", 0o644, template.expose())?;
    play.sample.put(".env.Trust_1.example", 0o644, template.expose())?;
    if bench.plants() {
        let of_template: Vec<(&str, String)> = passwords()
            .filter_map(|key| Some((key, template.value(Reader::Compose, key)?)))
            .collect();
        let entries: Vec<(&str, &str)> =
            of_template.iter().map(|(key, value)| (*key, value.as_str())).collect();
        play.sample.set(&entries)?;
    }
    play.scene.planted("nobody changes the passwords the kit came with");
    let kit = play.sample.kit()?;
    let same = unchanged(&kit, &template).count();
    play.scene.saw(format!("kit: {same} passwords are those of .env.example"));
    // The check as built takes the template from the kit's own name.
    let compared = play.sample.folder().join(".env.KCH.example");
    let content = !compared.exists() || unchanged(&kit, &template).next().is_none();
    let told = match (content, compared.exists()) {
        (true, false) => {
            "checklist: ✅ Trust-local passwords (no template .env.KCH.example, skipped)"
        }
        (true, true) => "checklist: ✅ Trust-local passwords",
        _ => "checklist: ⚠ Trust-local passwords",
    };
    play.scene.symptom(content && same > 0, "a checklist that is content with them", told);
    let site = play.sample.site()?;
    play.judged(&site)
}

fn passwords() -> impl Iterator<Item = &'static str> {
    let local = KEYS.iter().filter(|row| row.secret && row.section == Section::TrustLocal);
    local.map(|row| row.name)
}

fn unchanged(kit: &Kit, template: &Kit) -> impl Iterator<Item = &'static str> {
    passwords().filter(|key| {
        let value = template.value(Reader::Compose, key);
        value.is_some() && kit.value(Reader::Compose, key) == value
    })
}
