//! Metrics lost between releases.

use contract::capture::Exchange;
use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::fl_line::FlLineId;

use super::{Bench, Bug, Catcher, Caught, Group, Play, Scene, exchange_line};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B1",
    title: "metrics lost between releases",
    group: Group::Images,
    cause: "the hub wants fl_client_name in every metric and an FL image of an older line sends none",
    symptom: "the training ends as uploaded while its metrics and its progress feed stay empty",
    fix: "move hub and FL images in one window, then repeat the training",
    owner: Who::Admin,
    clauses: &["FL-METRIC-01", "FL-LOSS-02"],
    caught_by: &[Catcher::Cell(CELL), FL_LOSS],
    play: Play::Here {
        with: "mock hub and an FL server of an older line",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let mut hub = bench.hub(&bench.hub_subject(&[]), HUB).await?;
    for trust in ["Alpha", "Beta"] {
        hub.register(trust).await?;
    }
    let ids = [hub.trust("Alpha")?.id.as_str(), hub.trust("Beta")?.id.as_str()];
    let slots = [hub.trust("Alpha")?.slot.as_str(), hub.trust("Beta")?.slot.as_str()];
    scene.planted(format!("a hub of {HUB} with an FL server of {OLD}: two clients, two rounds"));
    let line = if bench.plants() { OLD } else { FlLineId::DEFAULT };
    let trained = bench.train(hub.control()?, &ids, &slots, line).await?;
    trained.tell(&mut scene);
    let is_it = |call: &Exchange| call.status == 422;
    let refused = bench.exchange_if(bench.plants(), hub.control()?, "metrics", is_it).await?;
    scene.saw_all(refused.as_ref().map(exchange_line));
    let lost = trained.sent("metrics") == 4 && trained.metrics() == 0;
    let what = "a training that ends as uploaded and leaves no metric";
    scene.symptom(lost && trained.status() == "RESULTS_UPLOADED", what, trained.held());
    scene.caught(bench.cell(CELL).await?);
    scene.caught(Caught::by(&FL_LOSS, trained.whole())?);
    Ok(scene)
}

const HUB: EditionId = EditionId::DEFAULT;
const OLD: FlLineId = FlLineId::V0_1_8;
const CELL: &str = "hub=2026.09,fl=fl-0.1.8";
const FL_LOSS: Catcher = Catcher::Oracle("fl-loss");
