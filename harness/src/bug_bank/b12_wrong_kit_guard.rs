//! Wrong-kit guard not connected.

use contract::catalogue::Who;
use contract::edition::{EditionId, TaskType};
use contract::key::Secret;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::site_check::sample::SampleSite;

pub(super) const BUG: Bug = Bug {
    id: "B12",
    title: "wrong-kit guard not connected",
    group: Group::Host,
    cause: "EXPECTED_TRUST_ID never reaches the container, and an empty value switches the guard off",
    symptom: "a host with a foreign kit works under the other trust's name",
    fix: "pass the variable in compose; let the checklist look for it",
    owner: Who::Operator,
    clauses: &["HOST-GUARD-01", "TRUST-ID-01"],
    caught_by: &[Catcher::SiteCheck("container.identity-guard")],
    play: Play::Here {
        with: "mock trust with another site's key in a container without EXPECTED_TRUST_ID",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let trust = bench.trust(EDITION.row(), &[])?;
    let mut stage = bench.stage(trust.as_ref(), EDITION.row(), None).await?;
    let own = play.sample.site()?.value("EXPECTED_TRUST_ID").unwrap_or_default();
    // What this host's compose file makes of its kit: the guard's variable is passed on, or is not.
    if bench.plants() {
        stage.env.remove("EXPECTED_TRUST_ID");
    } else {
        stage.env.insert("EXPECTED_TRUST_ID".to_owned(), own.clone());
    }
    play.scene
        .planted("the host gets the key of another trust; compose does not pass the guard on");
    let mut site = play.sample.site()?;
    if let Ok(containers) = &mut site.host.containers
        && let Some(poller) = containers.first_mut()
    {
        let variables = stage.env.iter();
        poller.environment =
            variables.map(|(name, value)| (name.clone(), Secret::new(value.clone()))).collect();
    }
    bench.start(&mut stage, trust.as_ref()).await?;
    let task = bench.queue(&stage, TaskType::UpdateUserProfile).await?;
    let words = if bench.plants() { "Authenticated to hub as trust" } else { "Wrong kit deployed" };
    let line = bench.log_line(&stage, words).await?;
    play.scene.saw_all(line);
    let done = if bench.plants() { bench.ended(&stage, &task).await? } else { None };
    let told = match &done {
        Some(task) => format!("hub: a task of the other trust is {} by this host", task.status),
        None => "hub: the task of the other trust is untouched".to_owned(),
    };
    play.scene.symptom(done.is_some(), "a host that works under another trust's name", told);
    stage.close().await;
    play.judged(&site)
}

const EDITION: EditionId = EditionId::DEFAULT;
