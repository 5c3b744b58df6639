//! FL client under its display name.

use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::fl_line::FlLineId;

use super::{Bench, Bug, Catcher, Caught, Group, Play, Scene, exchange_line};
use crate::finding::Judged;
use crate::hub_stage::display_name;

pub(super) const BUG: Bug = Bug {
    id: "B36",
    title: "FL client under its display name",
    group: Group::Images,
    cause: "SUPERNODE_NAME holds the name people see instead of the slot",
    symptom: "metrics are refused with 400, the refusal is swallowed, the charts stay empty",
    fix: "set SUPERNODE_NAME to the slot",
    owner: Who::Operator,
    clauses: &["FL-METRIC-03"],
    caught_by: &[FL_LOSS],
    play: Play::Here {
        with: "mock hub and an FL server that knows its client by another name",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let mut hub = bench.hub(&bench.hub_subject(&[]), EDITION).await?;
    hub.register("Alpha").await?;
    let trust = hub.trust("Alpha")?.clone();
    let shown = display_name("Alpha");
    scene.planted(format!(
        "the FL client goes by {shown:?}, which is no slot; its slot is {}",
        trust.slot
    ));
    let name = if bench.plants() { shown.as_str() } else { trust.slot.as_str() };
    let trained = bench.train(hub.control()?, &[&trust.id], &[name], FlLineId::DEFAULT).await?;
    trained.tell(&mut scene);
    let refused =
        bench.exchange_if(bench.plants(), hub.control()?, "metrics", |call| call.status == 400);
    scene.saw_all(refused.await?.as_ref().map(exchange_line));
    let empty = trained.sent("metrics") > 0 && trained.metrics() == 0;
    let what = "empty charts after a run that ends as uploaded";
    scene.symptom(empty && trained.ended() == "RESULTS_UPLOADED", what, trained.held());
    scene.caught(Caught::by(&FL_LOSS, trained.whole())?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const FL_LOSS: Catcher = Catcher::Oracle("fl-loss");
