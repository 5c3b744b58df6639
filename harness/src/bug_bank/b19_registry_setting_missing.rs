//! Registry setting missing half-way.

use contract::catalogue::Who;
use contract::kit::{Kit, PLACEHOLDER};

use super::site::{SitePlay, sync_as_built};
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B19",
    title: "registry setting missing half-way",
    group: Group::Kits,
    cause: "one verb treats DOCKER_FL_REGISTRY as optional and a later one refuses to go on without",
    symptom: "syncing works and packaging refuses a placeholder",
    fix: "set DOCKER_FL_REGISTRY before the first sync",
    owner: Who::Admin,
    clauses: &["KIT-SYNC-02"],
    caught_by: &[Catcher::SiteCheck("kit.fl-registry"), Catcher::SiteCheck("kit.placeholders")],
    play: Play::Here {
        with: "a kit synced from an env file without DOCKER_FL_REGISTRY",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let env = std::fs::read_to_string(play.sample.hub_env_path()).map_err(Stop::not_verified)?;
    let mut env = Kit::new(env);
    play.sample.set(&[("DOCKER_FL_REGISTRY", PLACEHOLDER)])?;
    if bench.plants() {
        env.comment_out(&["DOCKER_FL_REGISTRY"]);
    }
    play.scene.planted("the hub env file does not set DOCKER_FL_REGISTRY");
    let mut kit = play.sample.kit()?;
    let written = sync_as_built(&mut kit, &env)?;
    play.scene.saw(format!("sync-trust-kit: {written} of 12 values written, exit 0"));
    play.sample.put(".env.KCH.production", 0o600, kit.expose())?;
    // The guard of packaging counts what follows `KEY=` at once.
    let waiting = kit.unfilled();
    let names: Vec<&str> = waiting.iter().map(|entry| entry.key.as_str()).collect();
    let told = format!(
        "package: still has {} unfilled <run-make-…> placeholder(s) {}",
        waiting.len(),
        names.join(", ")
    );
    play.scene.symptom(!waiting.is_empty(), "a package that is refused after a good sync", told);
    let site = play.sample.site()?;
    play.judged(&site)
}
