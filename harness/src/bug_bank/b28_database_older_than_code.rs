//! Database older than the code.

use camino::Utf8PathBuf;
use contract::catalogue::Who;
use contract::edition::EditionId;

use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{Ask, HubPlan};

pub(super) const BUG: Bug = Bug {
    id: "B28",
    title: "database older than the code",
    group: Group::Upgrade,
    cause: "start-up creates missing tables only and changes none that exist",
    symptom: "500 on every route that touches a changed table, while the health page is content",
    fix: "recreate the database, or move to a release that migrates",
    owner: Who::Admin,
    clauses: &["HUB-DEPLOY-06", "UPG-SCHEMA-01"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub of one release on the state file of the one before",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let subject = bench.hub_subject(&["serves-on-old-schema", "health-ignores-database"]);
    let folder = tempfile::tempdir().map_err(Stop::not_verified)?;
    let state = Utf8PathBuf::from_path_buf(folder.path().join("hub.state"))
        .map_err(|path| Stop::not_verified(format!("{} is no text", path.display())))?;
    let plan = |edition| HubPlan {
        state: Some(state.clone()),
        edition: Some(edition),
        ..HubPlan::default()
    };
    let mut old = bench.hub_with(&subject, BEFORE, plan(BEFORE)).await?;
    old.register("Alpha").await?;
    let heartbeat = old.heartbeat("Alpha")?;
    old.ask(heartbeat).await?;
    let line = old.last()?.line();
    scene.saw(format!("{BEFORE}: {line}"));
    let kit = old.trust("Alpha")?.clone();
    drop(old);
    scene.planted(format!("a hub of {AFTER} starts on the state a hub of {BEFORE} left"));
    let what = "500 from a hub that says it is well";
    match bench.try_hub(&subject, AFTER, plan(AFTER)).await? {
        Err(stop) => scene.symptom(false, what, format!("{AFTER}: {stop}")),
        Ok(mut new) => {
            new.adopt("Alpha", kit);
            let token = new.as_user("admin", Ask::get("/trust")).await?;
            let heartbeat = new.heartbeat("Alpha")?;
            for ask in [heartbeat, token] {
                let failed = new.ask(ask).await?.status == 500;
                let line = new.last()?.line();
                scene.symptom(failed, what, format!("{AFTER}: {line}"));
            }
            let well = new.ask(Ask::get("/health")).await?.status == 200;
            let line = new.last()?.line();
            scene.symptom(well, "a health page that is content", format!("{AFTER}: {line}"));
        }
    }
    scene.caught(bench.scenario(SCENARIO, subject, AFTER).await?);
    Ok(scene)
}

const BEFORE: EditionId = EditionId::V2026_03;
const AFTER: EditionId = EditionId::V2026_06;
const SCENARIO: &str = "upgrade/hub-schema/\
     a-release-on-the-state-of-the-one-before-serves-its-trusts-or-does-not-start";
