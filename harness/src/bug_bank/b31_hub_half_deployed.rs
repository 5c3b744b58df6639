//! Hub half deployed.

use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::fl_line::FlLineId;

use super::{Bench, Bug, Catcher, Caught, Group, Play, Scene, exchange_line};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B31",
    title: "hub half deployed",
    group: Group::Upgrade,
    cause: "one service failed to move after others had, so that releases are mixed",
    symptom: "the hub API and the FL server are of different releases, and what one sends the other refuses",
    fix: "run the deployment again until all services are of one release",
    owner: Who::Admin,
    clauses: &["FL-COMPAT-01"],
    caught_by: &[Catcher::Cell(CELL), FL_LOSS],
    play: Play::Here {
        with: "mock hub of the release before with the FL server of the next",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let hub_edition = if bench.plants() { LEFT_BEHIND } else { EditionId::DEFAULT };
    let mut hub = bench.hub(&bench.hub_subject(&[]), hub_edition).await?;
    for trust in ["Alpha", "Beta"] {
        hub.register(trust).await?;
    }
    let ids = [hub.trust("Alpha")?.id.as_str(), hub.trust("Beta")?.id.as_str()];
    let slots = [hub.trust("Alpha")?.slot.as_str(), hub.trust("Beta")?.slot.as_str()];
    scene.planted(format!("the FL server moved to {MOVED}, the hub API stayed at {LEFT_BEHIND}"));
    let trained = bench.train(hub.control()?, &ids, &slots, MOVED).await?;
    trained.tell(&mut scene);
    let refused =
        bench.exchange_if(bench.plants(), hub.control()?, "logs", |call| call.status == 422);
    scene.saw_all(refused.await?.as_ref().map(exchange_line));
    let feed_lost = trained.sent("events") > 0 && trained.events() == 0;
    let what = "full charts and an empty progress feed";
    scene.symptom(feed_lost && trained.metrics() == 4, what, trained.held());
    scene.caught(bench.cell(CELL).await?);
    scene.caught(Caught::by(&FL_LOSS, trained.whole())?);
    Ok(scene)
}

const LEFT_BEHIND: EditionId = EditionId::V2026_06;
const MOVED: FlLineId = FlLineId::V0_13_1;
const CELL: &str = "hub=2026.06,trust=2026.06,fl=fl-0.13.1";
const FL_LOSS: Catcher = Catcher::Oracle("fl-loss");
