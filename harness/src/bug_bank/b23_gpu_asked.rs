//! GPU asked of a machine without.

use contract::catalogue::Who;

use super::site::{SitePlay, run};
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::HostProbe;
use crate::site_check::sample::SampleSite;
use std::process::Command;

pub(super) const BUG: Bug = Bug {
    id: "B23",
    title: "GPU asked of a machine without",
    group: Group::Host,
    cause: "the template reserves one GPU",
    symptom: "a warning, then a container that no device driver can serve",
    fix: "set the number of GPUs to 0",
    owner: Who::Operator,
    clauses: &["HOST-GPU-01"],
    caught_by: &[Catcher::SiteCheck("host.gpus")],
    play: Play::Here {
        with: "a machine without GPU, driver or nvidia-smi, and a docker client that is asked for one",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let wanted = if bench.plants() { "1" } else { "0" };
    play.sample.set(&[("NUM_AVAILABLE_GPUS", wanted)])?;
    play.scene.planted("NUM_AVAILABLE_GPUS stays at the template's 1 on a machine without GPU");
    play.sample.put("docker", 0o755, DOCKER)?;
    let docker = play.sample.folder().join("docker");
    let mut up = Command::new("sh");
    up.arg(docker.as_str()).args(["compose", "up", wanted]);
    let up = run(up).await.map_err(Stop::not_verified)?;
    let told = String::from_utf8_lossy(&up.stderr).trim().to_owned();
    let line = if told.is_empty() { "docker compose up: started".to_owned() } else { told };
    play.scene.symptom(!up.status.success(), "a container no driver can serve", line);

    let mut site = play.sample.site()?;
    let nowhere = play.sample.folder().join("nowhere");
    let probe = HostProbe {
        docker: vec!["sh".to_owned(), docker.into_string()],
        nvidia_smi: vec![nowhere.to_string()],
        driver: nowhere,
        ..HostProbe::default()
    };
    site.host.gpus = probe.facts(&site).await.gpus;
    play.scene.saw(format!("host: {:?} GPUs", site.host.gpus.as_ref().ok()));
    play.judged(&site)
}

/// Starts nothing with a GPU, as docker does where no driver is registered.
const DOCKER: &str = r#"case "$1 $2" in
    "compose up") [ "$3" -eq 0 ] || {
        echo 'could not select device driver "nvidia" with capabilities: [[gpu]]' >&2; exit 1; } ;;
    *) exit 1 ;;
esac
"#;
