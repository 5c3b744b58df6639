//! Internal key lost at the edge.

use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::fl_line::FlLineId;
use futures::FutureExt as _;
use serde_json::json;
use std::sync::Arc;

use super::{Bench, Bug, Catcher, Group, Play, Scene, WrongHub, exchange_line};
use crate::control::HubControl;
use crate::engine::Subject;
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B4",
    title: "internal key lost at the edge",
    group: Group::Images,
    cause: "the FL server calls the public address, where a proxy removes the internal key header",
    symptom: "every report of the FL server is refused with 401, and the model never leaves its first status",
    fix: "give the FL server the address inside, not the public one",
    owner: Who::Admin,
    clauses: &["HUB-DEPLOY-02", "FL-LOSS-02"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub behind its public edge, its FL server outside",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let mut hub = bench.hub(&bench.hub_subject(&[]), EDITION).await?;
    hub.register("Alpha").await?;
    let (id, slot) = (hub.trust("Alpha")?.id.clone(), hub.trust("Alpha")?.slot.clone());
    let model = hub.control()?.model(&[&id]).await?;
    let begun = hub.status_word(&model, "INITIATED").await?;
    hub.ask(begun).await?;
    let line = hub.last()?.line();
    scene.saw(line);
    edge(hub.control()?, bench.plants()).await?;
    scene
        .planted("the FL server calls the hub's public address, where the edge passes few headers");
    let trained = bench.train_model(hub.control()?, &model, &[&slot], FlLineId::DEFAULT).await?;
    trained.tell(&mut scene);
    let refused =
        bench.exchange_if(bench.plants(), hub.control()?, "metrics", |call| call.status == 401);
    scene.saw_all(refused.await?.as_ref().map(exchange_line));
    let stuck = trained.status() == "INITIATED" && trained.metrics() == 0;
    scene.symptom(stuck, "a model that never moves and holds no row", trained.held());
    scene.caught(bench.scenario(SCENARIO, behind_edge(bench), EDITION).await?);
    Ok(scene)
}

async fn edge(hub: &HubControl, behind: bool) -> Judged {
    Ok(hub.settings(json!({"behind_edge": behind})).await?)
}

/// A hub behind its edge; its FL server reaches it by the same way.
fn behind_edge(bench: &Bench) -> Subject {
    let mut subject = bench.hub_subject(&[]);
    if let Subject::Hub { source, .. } = &mut subject {
        let behind = bench.plants();
        let moved = move |hub: HubControl| async move { edge(&hub, behind).await }.boxed();
        *source = WrongHub::sabotaged(Arc::clone(source), Arc::new(moved));
    }
    subject
}

const EDITION: EditionId = EditionId::DEFAULT;
const SCENARIO: &str = "image-versions/hub-trainings/\
     a-training-on-the-edition-s-own-fl-line-is-stored-whole-each-row-once";
