//! Frozen cohorts, and whom the floor of a cohort counts (trust 12; newer releases 3).

use contract::edition::{RowLevel, TaskType};
use contract::key::{Secret, mint_payload_key};
use serde_json::{Value, json};

use super::tasks::queue_payload;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::payloads::{cohort_query, project_id_sealed_with, sealed_project_id};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the cohort of (\d+) persons is frozen" => is_frozen,
    r#"rows are asked for at "([\w/-]+)" with a query over (\d+) persons"# => asked,
    r#"rows are asked for at "([\w/-]+)" with a project id sealed under another key"# => asked_foreign,
    r"the site gives out (\d+) rows" => gives_out,
    r"the site answers (\d{3})" => answers,
    r"a cohort query with (\d+) rows of (\d+) persons is queued" => rows_of_persons,
];

async fn is_frozen(world: &mut World, args: Args) -> Judged {
    let stage = world.staged()?;
    stage.running()?;
    if stage.edition.row_level != RowLevel::FrozenMembership {
        return Err(Stop::not_applicable("this edition gives out rows of any query"));
    }
    stage.freeze_cohort(&over(args.number(0)?)).await
}

async fn asked(world: &mut World, args: Args) -> Judged {
    let stage = world.staged()?;
    stage.running()?;
    let body = json!({
        "encrypted_project_id": sealed_project_id(stage)?,
        "query": over(args.number(1)?),
    });
    ask(world, args.group(0), &body).await
}

async fn asked_foreign(world: &mut World, args: Args) -> Judged {
    let stage = world.staged()?;
    stage.running()?;
    let foreign: Secret = mint_payload_key(&mut rand::rng());
    let body = json!({
        "encrypted_project_id": project_id_sealed_with(stage.hub_edition, &foreign)?,
        "query": over(PERSONS),
    });
    ask(world, args.group(0), &body).await
}

async fn ask(world: &mut World, path: &str, body: &Value) -> Judged {
    let (status, reply) = world.staged()?.call_data_access(path, body).await?;
    world.vars.insert(STATUS.to_owned(), status.to_string());
    world.vars.insert(REPLY.to_owned(), reply.to_string());
    Ok(())
}

fn answered(world: &World) -> Judged<(String, Value)> {
    let said = |name: &str| world.vars.get(name).cloned();
    let (status, reply) = said(STATUS)
        .zip(said(REPLY))
        .ok_or_else(|| Stop::not_verified("nothing was asked of the site"))?;
    Ok((status, serde_json::from_str(&reply).unwrap_or_default()))
}

async fn gives_out(world: &mut World, args: Args) -> Judged {
    let wanted: usize = args.number(0)?;
    let (status, reply) = answered(world)?;
    let columns = reply.as_object().into_iter().flatten();
    let rows = columns.filter_map(|(_, column)| column.as_array()).map(Vec::len).max();
    if status == "200" && rows == Some(wanted) {
        return Ok(());
    }
    let observed = format!("status {status}, {} rows", rows.unwrap_or_default());
    Err(world.broken(format!("{wanted} rows"), observed).into())
}

async fn answers(world: &mut World, args: Args) -> Judged {
    let (status, _) = answered(world)?;
    if status == args.group(0) {
        return Ok(());
    }
    Err(world.broken(args.group(0), format!("status {status}")).into())
}

async fn rows_of_persons(world: &mut World, args: Args) -> Judged {
    let (rows, persons): (u32, u32) = (args.number(0)?, args.number(1)?);
    let each = rows / persons.max(1);
    let some = |count: u32| {
        format!("(SELECT person_id FROM omop.person ORDER BY person_id LIMIT {count})")
    };
    let sql =
        format!("SELECT a.person_id FROM {} AS a CROSS JOIN {} AS b", some(persons), some(each));
    let payload = cohort_query(world.stage().await?, &sql).await?;
    queue_payload(world, TaskType::CohortQuery.name(), "", payload).await
}

fn over(persons: u32) -> String {
    format!("SELECT person_id, year_of_birth FROM omop.person ORDER BY person_id LIMIT {persons}")
}

const PERSONS: u32 = 60;
const STATUS: &str = "status of the site's answer";
const REPLY: &str = "the site's answer";
