//! Registry of another estate.

use contract::catalogue::Who;
use contract::kit::Reader;

use super::site::{SitePlay, sync_as_built};
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B47",
    title: "registry of another estate",
    group: Group::Kits,
    cause: "the hub's env file names the mirror of its own cloud, and syncing hands it to every site",
    symptom: "no image can be pulled at the hospital: no basic auth credentials",
    fix: "put the public registry into both registry keys of the kit",
    owner: Who::Admin,
    clauses: &["KIT-SYNC-02"],
    caught_by: &[Catcher::SiteCheck("kit.estate")],
    play: Play::Here {
        with: "a kit synced from the env file of an estate with a mirror of its own",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let mut kit = play.sample.kit()?;
    let mut hub = play.sample.kit()?;
    let registry = if bench.plants() { MIRROR } else { PUBLIC };
    let keys = ["DOCKER_REGISTRY", "DOCKER_FL_REGISTRY"];
    hub.write(&keys.map(|key| (key, registry))).map_err(crate::finding::Stop::not_verified)?;
    let filled = sync_as_built(&mut kit, &hub)?;
    play.sample.put(".env.KCH.production", 0o600, kit.expose())?;
    play.scene.planted(format!("sync-trust-kit copies {filled} keys of an estate with a mirror"));
    let named = kit.value(Reader::Compose, "DOCKER_REGISTRY").unwrap_or_default();
    let closed = named.contains(".amazonaws.com");
    let told = if closed {
        format!("docker pull {named}trust-api: no basic auth credentials")
    } else {
        format!("docker pull {named}trust-api: done")
    };
    play.scene.symptom(closed, "a pull that is refused", told);
    let site = play.sample.site()?;
    play.judged(&site)
}

const MIRROR: &str = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/flip/";
const PUBLIC: &str = "ghcr.io/londonaicentre/";
