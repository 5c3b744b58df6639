//! Counts of a cohort on their way from the site to the hub.

use contract::capture::Exchange;
use contract::edition::TaskType;
use serde_json::{Value, json};

use super::reports::failure;
use super::tasks::{
    NEXT_COHORT_QUERY, about_task, line, queue_payload, settled, task_payload, work_calls,
};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::cohort::{
    category, counts_difference, error_record_flaw, is_error_record, is_suppressed,
};
use crate::oracle::deliveries::reported;
use crate::oracle::local_calls::demanded;
use crate::payloads::{cohort_query, honest};
use crate::steps;
use crate::target::Capability;
use crate::wait::Probe;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r#"a cohort query over (\d+) persons is queued"# => query_over,
    r"the trust brings its own site services" => own_site,
    r"the site answers a cohort query only after (\d+) s" => late,
    r"the site answers a cohort query with a suppressed cohort" => too_small,
    r"the site answers a cohort query with the values (.*), (.*) and (.*)" => with_values,
    r"the local service got every member of the payload unchanged" => forwarded,
    r"the hub got the counts of the local reply with every value as text" => counts_as_text,
    r"the hub accepted the counts before the task was reported" => counts_first,
    r"the hub refused the counts" => counts_refused,
    r"the hub's aggregate holds (\d+) records of the trust" => aggregate_holds,
    r"nothing but the mark of suppression reached the hub" => suppressed,
    r"an error record of the query reached the hub before the failed result" => error_record,
    r"(an|every) error record names a status and a category" => categories,
    r#"the hub shows the category "(\w+)" for the trust"# => hub_shows,
];

async fn query_over(world: &mut World, args: Args) -> Judged {
    let count: u32 = args.number(0)?;
    let sql = format!(
        "SELECT person_id, year_of_birth FROM omop.person ORDER BY person_id LIMIT {count}"
    );
    let payload = cohort_query(world.stage().await?, &sql).await?;
    queue_payload(world, TaskType::CohortQuery.name(), "", payload).await
}

async fn own_site(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::SiteServices)?;
    world.stage().await?.own_site = true;
    Ok(())
}

async fn late(world: &mut World, args: Args) -> Judged {
    let secs: f64 = args.number(0)?;
    let ms = u64::try_from(world.scaled(secs).as_millis()).unwrap_or(u64::MAX);
    let fault = json!({"name": "latency", "route": "da.cohort", "params": {"ms": ms}});
    world.stage().await?.site_control.control.arm(fault).await?;
    Ok(())
}

/// No cohort is as large as this threshold.
async fn too_small(world: &mut World, _: Args) -> Judged {
    let site = &world.stage().await?.site_control;
    Ok(site.settings(json!({"cohort_threshold": 1_000_000})).await?)
}

/// The reply names the query, so the query is made now and queued by a later step.
async fn with_values(world: &mut World, args: Args) -> Judged {
    let payload = honest(TaskType::CohortQuery, world.stage().await?).await?;
    let mut results = Vec::new();
    for at in 0..3 {
        let value: Value = serde_json::from_str(args.group(at)).map_err(Stop::not_verified)?;
        results.push(json!({"value": value, "count": 10}));
    }
    let reply = json!({
        "query_id": payload["query_id"],
        "trust_id": payload["trust_id"],
        "record_count": 30,
        "created": "2026-01-31",
        "suppressed": false,
        "data": [{"name": "Planted", "results": results}],
    });
    let params = json!({"code": 200, "body": reply.to_string()});
    let fault = json!({"name": "status", "route": "da.cohort", "params": params});
    world.staged()?.site_control.control.arm(fault).await?;
    world.vars.insert(NEXT_COHORT_QUERY.to_owned(), payload.to_string());
    Ok(())
}

async fn forwarded(world: &mut World, _: Args) -> Judged {
    let (kind, payload) = task_payload(world, "")?;
    let demanded = demanded(kind, &payload);
    let calls = work_calls(world).await?;
    let Some(call) = calls.iter().find(|call| call.route == "da.cohort") else {
        let finding = world.broken("a call to /cohort", format!("{} other calls", calls.len()));
        return Err(finding.shown_by(calls.iter().map(line)).into());
    };
    match demanded.difference(call) {
        None => Ok(()),
        Some(flaw) => {
            let expected = "POST /cohort with every payload member unchanged";
            Err(world.broken(expected, flaw).shown_by([line(call)]).into())
        }
    }
}

async fn counts_as_text(world: &mut World, _: Args) -> Judged {
    let posted = posted(world, 1).await?;
    let calls = work_calls(world).await?;
    let reply = calls.iter().find(|call| call.route == "da.cohort");
    let Some(reply) = reply.and_then(|call| parsed(&call.response_body)) else {
        return Err(Stop::not_verified("the local reply was not captured"));
    };
    let counts = body(&posted[0]);
    match counts_difference(&reply, &counts) {
        None => Ok(()),
        Some(flaw) => {
            let expected = "the local reply with every `value` as text";
            Err(world.broken(expected, flaw).shown_by([line(&posted[0])]).into())
        }
    }
}

async fn counts_first(world: &mut World, _: Args) -> Judged {
    let task = settled(world, "").await?;
    let posted = posted(world, 1).await?;
    let accepted = posted.iter().find(|counts| counts.status < 400 && counts.status > 0);
    let report = report_of(world, &task.id).await?;
    if accepted.is_some_and(|counts| counts.at_ms < report.at_ms) {
        return Ok(());
    }
    let finding = world.broken("counts accepted, then the task reported", "the other way round");
    Err(finding.shown_by(posted.iter().chain([&report]).map(line)).into())
}

/// The positive control of a refusal: the counts did come.
async fn counts_refused(world: &mut World, _: Args) -> Judged {
    let posted = posted(world, 1).await?;
    match posted[0].status {
        0 | 400.. => Ok(()),
        status => Err(Stop::not_verified(format!("the hub answered the counts with {status}"))),
    }
}

async fn aggregate_holds(world: &mut World, args: Args) -> Judged {
    let count: i64 = args.number(0)?;
    let aggregate = aggregate(world).await?;
    let trust_id = world.staged()?.registration.id.clone();
    let held = &aggregate["trust_record_counts"][trust_id.as_str()];
    if *held == count {
        return Ok(());
    }
    Err(about_task(world, &format!("{count} records at the hub"), held.to_string()).await?)
}

async fn suppressed(world: &mut World, _: Args) -> Judged {
    settled(world, "").await?;
    let posted = posted(world, 1).await?;
    for counts in &posted {
        if !is_suppressed(&body(counts)) {
            let expected = "record_count 0, data [] and suppressed true";
            let observed = counts.request_body.clone();
            return Err(world.broken(expected, observed).shown_by([line(counts)]).into());
        }
    }
    Ok(())
}

async fn error_record(world: &mut World, _: Args) -> Judged {
    let (task, _) = failure(world, "").await?;
    let (_, payload) = task_payload(world, "")?;
    let id = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
    let report = report_of(world, &task.id).await?;
    let seen = world.hub_seen(Some("cohort_results")).await?;
    let flaws: Vec<String> = seen
        .iter()
        .filter(|record| record.at_ms < report.at_ms)
        .filter_map(|record| error_record_flaw(&body(record), &id("query_id"), &id("trust_id")))
        .collect();
    if flaws.is_empty() && seen.iter().any(|record| record.at_ms < report.at_ms) {
        return Ok(());
    }
    let observed = flaws.into_iter().next().unwrap_or_else(|| "no such record".to_owned());
    let finding = world.broken("an error record under the same ids, then the result", observed);
    Err(finding.shown_by(seen.iter().chain([&report]).map(line)).into())
}

/// Whatever error records there are: none is fine where no query failed.
/// `an`: one must be there; `every`: there may be none.
async fn categories(world: &mut World, args: Args) -> Judged {
    failure(world, "").await?;
    let seen = world.hub_seen(Some("cohort_results")).await?;
    if args.group(0) == "an" && !seen.iter().any(|record| is_error_record(&body(record))) {
        let finding = world.broken("an error record with `<status>: <category>`", "none was sent");
        return Err(finding.shown_by(seen.iter().map(line)).into());
    }
    for record in &seen {
        let body = body(record);
        let error = body["error"].as_str().unwrap_or_default();
        if is_error_record(&body) && category(error).is_none() {
            let finding = world.broken("`<status>: <category>` in `error`", format!("{error:?}"));
            return Err(finding.shown_by([line(record)]).into());
        }
    }
    Ok(())
}

async fn hub_shows(world: &mut World, args: Args) -> Judged {
    if !world.edition().cohort_outcome {
        // A hub that ignores errors among counts shows none: what the trust sent is judged on its way.
        return Ok(());
    }
    failure(world, "").await?;
    let aggregate = aggregate(world).await?;
    let trust_id = world.staged()?.registration.id.clone();
    let shown = aggregate["trust_errors"][trust_id.as_str()].as_str().unwrap_or("nothing");
    if shown == args.group(0) {
        return Ok(());
    }
    let expected = format!("the hub shows {}", args.group(0));
    Err(about_task(world, &expected, format!("it shows {shown}")).await?)
}

async fn aggregate(world: &World) -> Judged<Value> {
    let (_, payload) = task_payload(world, "")?;
    let query_id = payload["query_id"].as_str().unwrap_or_default();
    Ok(world.staged()?.hub_control.aggregate(query_id).await?)
}

/// Waits until so many bodies came to `/cohort/results`.
async fn posted(world: &World, count: usize) -> Judged<Vec<Exchange>> {
    let waited = world
        .until_hub_saw(
            world.patience(world.work_end_secs()),
            "counts",
            Some("cohort_results"),
            |seen| {
                Probe::found(
                    (seen.len() >= count).then(|| seen.to_vec()),
                    format!("{}", seen.len()),
                )
            },
        )
        .await?;
    match waited {
        Ok(posted) => Ok(posted),
        Err(overdue) => Err(about_task(world, "counts at the hub", overdue.to_string()).await?),
    }
}

async fn report_of(world: &World, id: &str) -> Judged<Exchange> {
    let reports = world.hub_seen(Some("result")).await?;
    let report = reports.into_iter().find(|report| reported(report) == Some(id));
    report.ok_or_else(|| Stop::not_verified("the report of the task was not captured"))
}

fn body(exchange: &Exchange) -> Value {
    parsed(&exchange.request_body).unwrap_or_default()
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
