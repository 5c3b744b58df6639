//! The trust's own FL client, and trainings it takes part in (fl 2, 3; network 2).

use std::net::IpAddr;

use serde_json::{Value, json};

use super::tasks::{line, work_calls};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::secrets::ROW;
use crate::payloads::{PLANTED_SQL, sealed_project_id};
use crate::steps;
use crate::target::Capability;
use crate::wait::{Overdue, Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the FL client has joined" => joined,
    r"the FL client does not join" => not_joined,
    r#"the site reaches the FL endpoint from "([\d.]+)""# => from_address,
    r#"the FL client holds the credentials of "(\w+)""# => slot_is,
    r"the FL client trains (\d+) rounds on this site's data" => trains,
    r#"the site's data holds the row "([\w -]+)""# => planted_row,
    r"the FL client fetched its data with the site key" => fetched,
    r"nobody but the FL server spoke to the hub about the training" => no_third_voice,
];

async fn joined(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::FlClient)?;
    until_joined(world).await?.map_err(Stop::not_verified)
}

async fn until_joined(world: &World) -> Judged<Result<(), Overdue>> {
    let stage = world.staged()?;
    let slot = stage.registration.slot.clone();
    let control = &stage.hub_control.control;
    Ok(eventually(world.patience(60.0), format!("an FL client of {slot}"), || async {
        match control.get("/control/fl-clients").await {
            Ok(list) => Probe::found(is_joined(&list, &slot).then_some(()), list),
            Err(error) => Probe::Pending(error.to_string()),
        }
    })
    .await)
}

/// Whether the FL server has a client of that slot.
pub fn is_joined(list: &Value, slot: &str) -> bool {
    list.as_array().is_some_and(|all| all.iter().any(|client| client["slot"] == slot))
}

/// Long enough for three attempts, which are 10 s apart.
async fn not_joined(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::FlClient)?;
    let tried = attempts(world)?;
    let waited = eventually(world.patience(60.0), "three failed attempts to join", || async {
        match attempts(world) {
            Ok(now) => Probe::found((now >= tried + 3).then_some(()), format!("{now} lines")),
            Err(stop) => Probe::Pending(stop.to_string()),
        }
    })
    .await;
    waited.map_err(Stop::not_verified)?;
    let stage = world.staged()?;
    let list = stage.hub_control.control.get("/control/fl-clients").await?;
    if is_joined(&list, &stage.registration.slot) {
        return Err(Stop::not_verified(format!("the FL client has joined: {list}")));
    }
    Ok(())
}

/// Lines in which the client says that it cannot join.
pub fn attempts(world: &World) -> Judged<usize> {
    let lines = super::output::lines(world)?;
    Ok(lines.iter().filter(|line| line.message().contains(UNREACHABLE)).count())
}

async fn from_address(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::FlClient)?;
    world.needs(Capability::Restart)?;
    let from: IpAddr = args.number(0)?;
    world.stage().await?.env.insert("FL_BIND_ADDRESS".to_owned(), from.to_string());
    Ok(())
}

async fn slot_is(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::FlClient)?;
    world.needs(Capability::Restart)?;
    let slot = args.group(0).to_owned();
    world.stage().await?.env.insert("FL_KIT_SLOT".to_owned(), slot);
    Ok(())
}

async fn planted_row(world: &mut World, args: Args) -> Judged {
    let row = args.group(0).to_owned();
    let stage = world.stage().await?;
    let columns = json!({"person_id": [1, 2], "note": ["nothing", row]});
    // The service judges the key as ever; only its answer is another.
    let params = json!({"text": columns.to_string(), "when": "after-handler"});
    let fault = json!({"name": "body", "route": "da.dataframe", "params": params});
    stage.site_control.control.arm(fault).await?;
    stage.watch(ROW, &row);
    Ok(())
}

async fn trains(world: &mut World, args: Args) -> Judged {
    let rounds: u32 = args.number(0)?;
    let stage = world.staged()?;
    stage.freeze_cohort(PLANTED_SQL).await?;
    let model = stage.hub_control.model(&[&stage.registration.id]).await?;
    let order = json!({
        "model_id": model,
        "rounds": rounds,
        "clients": [stage.registration.slot],
        "encrypted_project_id": sealed_project_id(stage)?,
        "query": QUERY,
    });
    let report = stage.hub_control.training(order).await?;
    if report["clients"][0]["part"] != "joined" {
        return Err(Stop::not_verified("the trust's own FL client took no part in the training"));
    }
    world.vars.insert("model".to_owned(), model);
    world.vars.insert("training".to_owned(), report.to_string());
    Ok(())
}

async fn fetched(world: &mut World, _: Args) -> Judged {
    let calls = work_calls(world).await?;
    let of_client: Vec<_> = calls
        .iter()
        .filter(|call| matches!(call.route.as_str(), "da.dataframe" | "img.download"))
        .collect();
    if of_client.is_empty() {
        return Err(Stop::not_verified("the FL client asked the site services for nothing"));
    }
    let bad: Vec<String> =
        of_client.into_iter().filter(|call| call.auth != "ok").map(line).collect();
    if bad.is_empty() {
        return Ok(());
    }
    let observed = format!("{} calls without it", bad.len());
    let expected = "the site key on each call of the FL client to a site service";
    Err(world.broken(expected, observed).shown_by(bad).into())
}

/// What the FL server posted it told us; anything beyond that came from the site.
async fn no_third_voice(world: &mut World, _: Args) -> Judged {
    let report: Value = world
        .vars
        .get("training")
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| Stop::not_verified("no training was run"))?;
    let told = report["answers"].as_array().map_or(0, Vec::len);
    let seen = world.hub_seen(None).await?;
    let ingest = ["metrics", "logs", "model_status", "trust_model_status"];
    let posts: Vec<_> = seen.iter().filter(|c| ingest.contains(&c.route.as_str())).collect();
    if posts.len() < told {
        return Err(Stop::not_verified(format!("{told} posts were told, {} seen", posts.len())));
    }
    if posts.len() == told {
        return Ok(());
    }
    let observed = format!("{} posts more than the FL server made", posts.len() - told);
    let foreign: Vec<String> =
        posts.into_iter().filter(|call| call.auth != "ok").map(line).collect();
    let expected = "no word from the site's FL client to the hub";
    Err(world.broken(expected, observed).shown_by(foreign).into())
}

const UNREACHABLE: &str = "target_unreachable";
const QUERY: &str = "SELECT p.person_id, r.accession_id FROM omop.person p \
     JOIN omop.radiology_occurrence r ON r.person_id = p.person_id";
