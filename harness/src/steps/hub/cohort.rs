//! Counts of trusts for a cohort query, and what the hub makes of them.

use serde_json::{Value, json};

use super::{UNKNOWN_ID, fact};
use crate::engine::{Args, StepRow};
use crate::finding::Judged;
use crate::hub_stage::{Ask, COUNTS};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#""(\w+)" sends the count (-?\d+)"# => sends,
    r#""(\w+)" has sent the count (\d+)"# => has_sent,
    r#""(\w+)" sends the count (\d+) in the name of "(\w+)""# => sends_for,
    r#""(\w+)" sends the count (\d+) for a query nobody asked"# => sends_unknown,
    r#""(\w+)" sends a count that is no number"# => sends_nan,
    r#""(\w+)" sends the error "(.*)" instead of a count"# => sends_error,
    r"the query's total is (-?\d+)" => total,
    r#"the query holds (-?\d+) for "(\w+)""# => holds,
    r#"the query holds nothing for "(\w+)""# => holds_nothing,
    r#"the query shows the failure of "(\w+)" as "(\w+)""# => shows_failure,
    r#"the query shows "(.+)" nowhere"# => shows_nowhere,
];

/// A body of counts as trusts send it.
pub(super) fn counts(query_id: &str, trust_id: &str, count: i64) -> Value {
    json!({
        "query_id": query_id,
        "trust_id": trust_id,
        "record_count": count,
        "created": "2026-11-21",
        "data": [{"name": "Age Distribution", "results": [{"value": "30", "count": count}]}],
    })
}

async fn sends(world: &mut World, args: Args) -> Judged {
    let count: i64 = args.number(1)?;
    send(world, args.group(0), args.group(0), count).await
}

async fn has_sent(world: &mut World, args: Args) -> Judged {
    sends(world, args).await?;
    super::calls::granted(world, "the count")
}

async fn sends_for(world: &mut World, args: Args) -> Judged {
    let count: i64 = args.number(1)?;
    send(world, args.group(0), args.group(2), count).await
}

async fn send(world: &mut World, caller: &str, of: &str, count: i64) -> Judged {
    let hub = world.hub_mut()?;
    let body = counts(&hub.query("query")?, &hub.trust(of)?.id, count);
    let ask = hub.counts(caller, &body)?;
    hub.ask(ask).await.map(drop)
}

async fn sends_unknown(world: &mut World, args: Args) -> Judged {
    let count: i64 = args.number(1)?;
    let hub = world.hub_mut()?;
    let body = counts(UNKNOWN_ID, &hub.trust(args.group(0))?.id, count);
    let ask = hub.counts(args.group(0), &body)?;
    hub.ask(ask).await.map(drop)
}

/// NaN, which JSON does not have and many writers write.
async fn sends_nan(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let body = counts(&hub.query("query")?, &hub.trust(args.group(0))?.id, 7_654_321);
    let body = body.to_string().replace("7654321", "NaN");
    let ask = hub.as_trust(args.group(0), Ask::post(COUNTS))?.raw_json(body);
    hub.ask(ask).await.map(drop)
}

async fn sends_error(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let mut body = counts(&hub.query("query")?, &hub.trust(args.group(0))?.id, 0);
    body["data"] = json!([]);
    body["error"] = json!(args.group(1).replace('\'', "\""));
    let ask = hub.counts(args.group(0), &body)?;
    hub.ask(ask).await?;
    super::calls::granted(world, "the error")
}

async fn total(world: &mut World, args: Args) -> Judged {
    let wanted: i64 = args.number(0)?;
    let seen = aggregate(world).await?["record_count"].clone();
    fact(world, seen == wanted, &format!("a total of {wanted}"), seen.to_string())
}

async fn holds(world: &mut World, args: Args) -> Judged {
    let wanted: i64 = args.number(0)?;
    let seen = count_of(world, args.group(1)).await?;
    fact(world, seen == wanted, &format!("{wanted} for {}", args.group(1)), seen.to_string())
}

async fn holds_nothing(world: &mut World, args: Args) -> Judged {
    let seen = count_of(world, args.group(0)).await?;
    fact(world, seen.is_null(), "no count of that trust", seen.to_string())
}

async fn count_of(world: &World, trust: &str) -> Judged<Value> {
    let id = &world.hub()?.trust(trust)?.id;
    Ok(aggregate(world).await?["trust_record_counts"][id].clone())
}

async fn shows_failure(world: &mut World, args: Args) -> Judged {
    let id = world.hub()?.trust(args.group(0))?.id.clone();
    let seen = aggregate(world).await?["trust_errors"][&id].clone();
    fact(world, seen == args.group(1), args.group(1), seen.to_string())
}

async fn shows_nowhere(world: &mut World, args: Args) -> Judged {
    let seen = aggregate(world).await?.to_string();
    let holds = !seen.contains(args.group(0));
    fact(world, holds, &format!("no {:?} in the aggregate", args.group(0)), seen)
}

async fn aggregate(world: &World) -> Judged<Value> {
    let hub = world.hub()?;
    Ok(hub.control()?.aggregate(&hub.query("query")?).await?)
}
