//! Third slot cannot start.

use contract::catalogue::Who;

use super::site::{SitePlay, run};
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::HostProbe;
use crate::site_check::sample::{SLOT, SampleSite};
use std::process::Command;

pub(super) const BUG: Bug = Bug {
    id: "B18",
    title: "third slot cannot start",
    group: Group::Host,
    cause: "site networks were made for two slots only",
    symptom: "the start stops with a network that was not found",
    fix: "make the network of each slot that is dealt",
    owner: Who::Operator,
    clauses: &["HOST-SWARM-01"],
    caught_by: &[Catcher::SiteCheck("host.swarm-network")],
    play: Play::Here {
        with: "a docker client that knows the networks of slots 1 and 2",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let own = format!("deploy_trust-network-{}", SLOT.1);
    let mut networks = "bridge\ndeploy_trust-network-1\ndeploy_trust-network-2\n".to_owned();
    if !bench.plants() {
        networks.push_str(&own);
        networks.push('\n');
    }
    play.scene
        .planted(format!("networks are made for slots 1 and 2; the site has slot {}", SLOT.1));
    play.sample.put("networks", 0o644, &networks)?;
    play.sample.put("docker", 0o755, DOCKER)?;
    let docker = play.sample.folder().join("docker");
    let mut up = Command::new("sh");
    up.arg(docker.as_str()).args(["compose", "up", &own]);
    let up = run(up).await.map_err(Stop::not_verified)?;
    let told = String::from_utf8_lossy(&up.stderr).trim().to_owned();
    let line = if told.is_empty() { "docker compose up: started".to_owned() } else { told };
    play.scene.symptom(!up.status.success(), "a start that stops at its network", line);

    let mut site = play.sample.site()?;
    let probe =
        HostProbe { docker: vec!["sh".to_owned(), docker.into_string()], ..HostProbe::default() };
    site.host.networks = probe.facts(&site).await.networks;
    play.judged(&site)
}

/// Knows networks and a start, as docker does.
const DOCKER: &str = r#"networks="$(dirname "$0")/networks"
case "$1 $2" in
    "network ls") cat "$networks" ;;
    "compose up") grep -qx "$3" "$networks" || { echo "network $3 not found" >&2; exit 1; } ;;
    *) exit 1 ;;
esac
"#;
