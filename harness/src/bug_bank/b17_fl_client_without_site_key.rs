//! FL client turned away at its own site.

use contract::catalogue::Who;
use contract::edition::EditionId;
use serde_json::json;
use std::sync::Arc;

use super::{Bench, Bug, Catcher, Group, Play, Scene, WrongTrust, exchange_line};
use crate::control::JournalFilter;
use crate::finding::{Judged, Stop};
use crate::payloads::sealed_project_id;
use crate::target::TrustTarget;

pub(super) const BUG: Bug = Bug {
    id: "B17",
    title: "FL client turned away at its own site",
    group: Group::Images,
    cause: "an old FL image calls the local services without the site's key",
    symptom: "the job dies when it fetches its data: 401 from the site's own service",
    fix: "raise DOCKER_FL_TAG to an image that knows the site key",
    owner: Who::Operator,
    clauses: &["FL-CLIENT-02"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock FL client of an older line beside site services that demand the key",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let trust = old_image(bench, bench.trust(EDITION.row(), &[])?);
    let mut stage = bench.stage(trust.as_ref(), EDITION.row(), None).await?;
    scene.planted(format!("the site's FL client is of {OLD}, which knows no site key"));
    bench.start(&mut stage, trust.as_ref()).await?;
    let slot = stage.registration.slot.clone();
    let hub = &stage.hub_control;
    let joined = bench.comes("an FL client", async || {
        let list = hub.control.get("/control/fl-clients").await?;
        Ok(list.as_array().and_then(|all| all.first().cloned()))
    });
    joined.await?.ok_or_else(|| Stop::not_verified("the FL client has not joined"))?;
    let model = hub.model(&[&stage.registration.id]).await?;
    let order = json!({
        "model_id": model, "rounds": 1, "clients": [slot],
        "encrypted_project_id": sealed_project_id(&stage)?,
        "query": "SELECT p.person_id FROM omop.person p",
    });
    let report = hub.training(order).await?;
    let filter =
        JournalFilter { route: Some("da.dataframe".to_owned()), ..JournalFilter::default() };
    let calls = stage.site_control.control.journal(&filter).await?;
    let refused = calls.iter().find(|call| call.status == 401);
    let line = refused.or(calls.last()).map(exchange_line).unwrap_or_default();
    scene.symptom(refused.is_some(), "401 from the site's own service", line);
    let crash = report["answers"].as_array().and_then(|posts| {
        posts.iter().find(|post| {
            post["what"] == "log"
                || post["body"].as_str().is_some_and(|body| body.contains("HTTPError"))
        })
    });
    let told = crash.map(|post| {
        format!(
            "FL server: {} {}",
            post["what"].as_str().unwrap_or_default(),
            post["body"].as_str().unwrap_or_default()
        )
    });
    let line = told.unwrap_or_else(|| format!("FL server: the run ends {}", report["ended"]));
    scene.symptom(crash.is_some(), "a job that dies of it", line);
    stage.close().await;
    let subject = bench.trust_subject(trust);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

/// The trust with an FL image from before the site key.
fn old_image(bench: &Bench, trust: Arc<dyn TrustTarget>) -> Arc<dyn TrustTarget> {
    let plants = bench.plants();
    WrongTrust::mistaken(trust, move |order| {
        if plants {
            order.env.insert("FL_LINE".to_owned(), OLD.to_owned());
        }
    })
}

const EDITION: EditionId = EditionId::DEFAULT;
const OLD: &str = "fl-0.1.4";
const SCENARIO: &str = "hygiene/trust-fl-client/\
     the-fl-client-fetches-its-data-with-the-site-key-and-says-nothing-to-the-hub";
