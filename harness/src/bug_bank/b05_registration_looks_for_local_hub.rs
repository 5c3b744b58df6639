//! Registration looks for a local hub.

use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::kit::{Kit, KitEnv, scaffold};

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Finding, Judged, Stop};
use crate::hub_stage::Ask;
use crate::kit_desk::{RegisterOrder, register_file};
use crate::site_check::sample::SampleSite;
use crate::site_check::{SiteOutcome, find, judge};
use std::time::Duration;

pub(super) const BUG: Bug = Bug {
    id: "B5",
    title: "registration looks for a local hub",
    group: Group::Registry,
    cause: "the verb waits for a hub container on the admin's own machine",
    symptom: "minutes of waiting, then the question whether the hub is up",
    fix: "use the form of the verb that registers at a hub elsewhere",
    owner: Who::Admin,
    clauses: &["KIT-REGISTER-04"],
    caught_by: &[Catcher::SiteCheck("kit.credentials"), Catcher::SiteCheck("kit.placeholders")],
    play: Play::Here {
        with: "registration pointed at a machine without a hub, and a mock hub elsewhere",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let mut hub = bench.hub(&bench.hub_subject(&[]), EDITION).await?;
    let token = hub.token("admin").await?;
    bench.guard.plant("admin token", token.clone());
    let health = hub.ask(Ask::get("/health")).await?;
    play.scene.saw(format!("hub, elsewhere: GET /api/health -> {}", health.status));

    let shared = play.sample.kit()?;
    let fresh = scaffold("KCH", "King's Cross Hospital", KitEnv::Production);
    let fresh = fresh.map_err(Stop::not_verified)?;
    play.sample.put(KIT, 0o600, fresh.expose())?;
    let local = nobody_at().map_err(Stop::not_verified)?;
    let order = |hub_api_url, limit| RegisterOrder {
        hub_api_url,
        token: &token,
        shared: Some(&shared),
        edition: EDITION.row(),
        limit,
    };
    let path = play.sample.kit_path();
    let begun = std::time::Instant::now();
    let asked =
        if bench.plants() { order(&local, WAIT) } else { order(&hub.hub.api_url, PATIENCE) };
    play.scene.planted("the verb looks for the hub on the admin's own machine");
    let done = register_file(&path, &asked).await;
    let told = match &done {
        Ok(_) => "register-trust: registered, exit 0".to_owned(),
        Err(_) => "register-trust: flip-api not ready: is the hub up? exit 1".to_owned(),
    };
    play.scene.symptom(done.is_err(), "a verb that waits in vain for a hub that is up", told);
    let site = play.sample.site()?;
    if done.is_err() {
        unharmed(&play, &fresh, begun.elapsed())?;
        play.scene.saw("kit: byte for byte as before");
        reaches(&path, &order(&hub.hub.api_url, PATIENCE)).await?;
        let row = find("kit.credentials").ok_or_else(|| Stop::not_verified("no such check"))?;
        if judge(row, &play.sample.site()?).outcome != SiteOutcome::Ok {
            return Err(Stop::not_verified("the hub's own address did not fill the kit either"));
        }
        play.scene.saw("register-trust at the hub's own address: the kit is filled");
    }
    for (name, secret) in play.sample.kit()?.secrets() {
        bench.guard.plant(format!("registered {name}"), secret);
    }
    play.judged(&site)
}

/// KIT-REGISTER-04: in bounded time, and the kit as it was.
fn unharmed(play: &SitePlay, fresh: &Kit, took: Duration) -> Judged {
    let kept = play.sample.kit()? == *fresh;
    if kept && took < PATIENCE {
        return Ok(());
    }
    let expected = "a failure in bounded time that leaves the kit as it was";
    let observed =
        format!("kit {} after {} ms", if kept { "kept" } else { "changed" }, took.as_millis());
    Err(Finding::new("KIT-REGISTER-04", expected, observed).into())
}

async fn reaches(path: &camino::Utf8Path, order: &RegisterOrder<'_>) -> Judged {
    register_file(path, order).await.map(drop).map_err(Stop::not_verified)
}

/// An address of this machine at which nobody listens.
fn nobody_at() -> std::io::Result<String> {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    Ok(format!("http://{closed}/api"))
}

const EDITION: EditionId = EditionId::DEFAULT;
const KIT: &str = ".env.KCH.production";
/// Stands for the verb's three minutes.
const WAIT: Duration = Duration::from_millis(400);
const PATIENCE: Duration = Duration::from_secs(30);
