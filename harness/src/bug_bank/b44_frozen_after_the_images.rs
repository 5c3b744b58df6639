//! Frozen after the images.

use contract::catalogue::Who;
use contract::edition::EditionId;
use uuid::Uuid;

use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::control::JournalFilter;
use crate::finding::{Judged, Stop};
use crate::stage::Stage;

pub(super) const BUG: Bug = Bug {
    id: "B44",
    title: "frozen after the images",
    group: Group::Upgrade,
    cause: "imaging asks for the cohort of a project before it was frozen, and asks once",
    symptom: "the imaging project stays empty although the cohort is frozen by then",
    fix: "freeze first; where it came late, ask for the studies again",
    owner: Who::HubDev,
    clauses: &["HUB-FREEZE-01"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock site that gives out frozen rows only, and a hub that queues the freeze last",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let trust = bench.trust(EDITION.row(), &[])?;
    let mut stage = bench.stage(trust.as_ref(), EDITION.row(), None).await?;
    let project = Uuid::from_u128(u128::from(bench.seed)).to_string();
    scene.planted("the imaging project is made before the cohort is frozen");
    let imaging = if bench.plants() {
        let imaging = stage.imaging_project_of(&project, QUERY).await?;
        asked_once(bench, &stage).await?;
        stage.freeze_cohort_of(&project, QUERY).await?;
        imaging
    } else {
        stage.freeze_cohort_of(&project, QUERY).await?;
        stage.imaging_project_of(&project, QUERY).await?
    };
    let came = bench.comes("studies", async || {
        let count = stage.studies_imported(&imaging, QUERY).await?;
        Ok((count > 0).then_some(count))
    });
    let count = came.await?.unwrap_or_default();
    let line = format!("imaging-api: {count} studies imported, the cohort is frozen");
    scene.symptom(count == 0, "an imaging project that stays empty", line);
    stage.close().await;
    let subject = bench.hub_subject(&["freezes-after-imaging"]);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

/// What imaging-api asked for is refused and over before the freeze comes.
async fn asked_once(bench: &Bench, stage: &Stage) -> Judged {
    let filter =
        JournalFilter { route: Some("da.accession_ids".to_owned()), ..JournalFilter::default() };
    let asked = bench.comes("imaging-api asking for the cohort", async || {
        let calls = stage.site_control.control.journal(&filter).await?;
        Ok(calls.into_iter().find(|call| call.status == 403))
    });
    asked.await?.map(drop).ok_or_else(|| Stop::not_verified("imaging-api asked for nothing"))
}

const EDITION: EditionId = EditionId::V2026_11;
const QUERY: &str = "SELECT person_id, accession_id FROM omop.radiology_occurrence";
const SCENARIO: &str = "tasks/hub-frozen-cohorts/the-freeze-is-queued-before-the-imaging-project";
