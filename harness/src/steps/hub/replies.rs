//! What a reply must be, whoever asked.

use contract::edition::Evidence;

use super::{demand, fact, fill, judge_last, task};
use crate::engine::{Args, StepRow};
use crate::finding::Judged;
use crate::hub_stage::Seen;
use crate::oracle::hub::{Breach, identity, refusal};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"the reply is (\d{3})" => status,
    r#"the reply is (\d{3}) with the detail "(.*)""# => refused,
    r#"the report is refused because the task is (\w+)"# => not_in_progress,
    r"the reply is a ([2345])xx" => class,
    r#"the reply is a 422 of type "(\w+)" at "(.+)""# => validation,
    r#"the reply is a 422 that names "(.+)""# => names,
    r#"the reply names the scheme "(\w+)""# => scheme,
    r"the reply has no body" => no_body,
    r#"the reply says "(.*)" in "(\w+)""# => says,
    r#"the reply carries the identity of "(\w+)""# => identity_of,
    r"the reply is JSON with a detail" => shaped,
    r"every one of these replies is (\d{3})" => all_status,
    r"exactly (\d+) of these replies? (?:is|are) (\d{3}) and every other one is (\d{3})" => split,
];

async fn status(world: &mut World, args: Args) -> Judged {
    let wanted = args.number(0)?;
    judge_last(world, |reply| refusal::status(reply, wanted))
}

async fn refused(world: &mut World, args: Args) -> Judged {
    let (wanted, detail) = (args.number(0)?, fill(world, args.group(1))?);
    let evidence = world.edition().evidence;
    judge_last(world, |reply| refusal::text(reply, evidence, wanted, &detail))
}

async fn not_in_progress(world: &mut World, args: Args) -> Judged {
    let (task, edition) = (task(world)?.to_owned(), world.edition());
    judge_last(world, |reply| refusal::not_in_progress(reply, edition, &task, args.group(0)))
}

async fn class(world: &mut World, args: Args) -> Judged {
    let wanted = args.number(0)?;
    judge_last(world, |reply| refusal::class(reply, wanted))
}

async fn validation(world: &mut World, args: Args) -> Judged {
    judge_last(world, |reply| refusal::validation(reply, args.group(0), args.group(1)))
}

async fn names(world: &mut World, args: Args) -> Judged {
    judge_last(world, |reply| refusal::named(reply, args.group(0)))
}

async fn scheme(world: &mut World, args: Args) -> Judged {
    let wanted = args.group(0);
    judge_last(world, |reply| {
        let seen = reply.header("www-authenticate");
        let expected = format!("www-authenticate: {wanted}");
        (seen != Some(wanted)).then(|| Breach::new(expected, format!("{seen:?}")))
    })
}

async fn no_body(world: &mut World, _: Args) -> Judged {
    judge_last(world, |reply| {
        let length = reply.text.len();
        (length > 0).then(|| Breach::new("no body", format!("{length} bytes")))
    })
}

async fn says(world: &mut World, args: Args) -> Judged {
    let (wanted, member) = (fill(world, args.group(0))?, args.group(1));
    let evidence = world.edition().evidence;
    judge_last(world, |reply| {
        let seen = reply.json()[member].clone();
        // Where nobody has seen the words, that there are some is all that can be asked.
        let holds = match evidence {
            Evidence::Observed => seen == wanted.as_str(),
            Evidence::Read => seen.as_str().is_some_and(|words| !words.is_empty()),
        };
        let expected = format!("{member} {wanted:?}");
        (!holds).then(|| Breach::new(expected, seen.to_string()))
    })
}

async fn identity_of(world: &mut World, args: Args) -> Judged {
    let trust = world.hub()?.trust(args.group(0))?;
    let (id, name) = (trust.id.clone(), trust.name.clone());
    judge_last(world, |reply| identity::judge(&reply.json(), Some((&id, &name))))
}

async fn shaped(world: &mut World, _: Args) -> Judged {
    judge_last(world, |reply| {
        let granted =
            (reply.status < 400).then(|| Breach::new("a refusal", refusal::summary(reply)));
        granted.or_else(|| refusal::shape(reply))
    })
}

async fn all_status(world: &mut World, args: Args) -> Judged {
    let wanted: u16 = args.number(0)?;
    let bad = world.hub()?.last_group().iter().find(|seen| seen.reply.status != wanted);
    let breach = bad.and_then(|seen| refusal::status(&seen.reply, wanted));
    demand(world, breach, bad.map(Seen::line).into_iter().collect())
}

async fn split(world: &mut World, args: Args) -> Judged {
    let (count, one, other): (usize, u16, u16) =
        (args.number(0)?, args.number(1)?, args.number(2)?);
    let statuses: Vec<u16> =
        world.hub()?.last_group().iter().map(|seen| seen.reply.status).collect();
    let ones = statuses.iter().filter(|status| **status == one).count();
    let others = statuses.iter().filter(|status| **status == other).count();
    let holds = ones == count && ones + others == statuses.len();
    let expected = format!("{count} times {one}, else {other}");
    fact(world, holds, &expected, format!("{statuses:?}"))
}
