//! What a hub's bytes must be: plain functions over exchanges, and the checks that look at every
//! scenario whatever it is about.

use std::collections::BTreeMap;

use contract::catalogue;

use crate::finding::{Finding, Judged};
use crate::hub_stage::{HubStage, Seen};
use crate::world::World;

pub mod identity;
pub mod ingest;
pub mod pairing;
pub mod payload;
pub mod refusal;
pub mod registration;
pub mod secrecy;

/// What was expected and what was seen instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// What the contract asks for here.
    pub expected: String,
    /// What the hub did.
    pub observed: String,
}

impl Breach {
    /// A breach in words.
    pub fn new(expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self { expected: expected.into(), observed: observed.into() }
    }
}

/// A breach found by looking at everything, with the clause it breaks and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Id of the broken clause.
    pub clause: &'static str,
    /// The breach.
    pub breach: Breach,
    /// The exchange or row that shows it.
    pub line: String,
}

/// The checks over every exchange of a scenario with a hub. Each broken clause is noted once.
pub async fn standing_hub(world: &mut World) -> Judged {
    let edition = world.edition();
    let Ok(hub) = world.hub() else { return Ok(()) };
    let mut found: Vec<Standing> = hub.seen.iter().flat_map(|seen| exchange(hub, seen)).collect();
    found.extend(deliveries(hub).await?);
    found.extend(ingest::conservation(hub).await?);
    let mut by_clause: BTreeMap<&'static str, Vec<Standing>> = BTreeMap::new();
    for standing in found {
        by_clause.entry(standing.clause).or_default().push(standing);
    }
    for (clause, breaches) in by_clause {
        let applies = catalogue::find(clause).is_some_and(|row| row.applies_to(edition.id));
        if let Some(first) = breaches.first().filter(|_| applies) {
            let others = breaches.len() - 1;
            let more = if others > 0 { format!(" ({others} more)") } else { String::new() };
            let observed = format!("{}{more}", first.breach.observed);
            let finding = Finding::new(clause, first.breach.expected.clone(), observed);
            world.note(finding.shown_by(breaches.iter().map(|breach| breach.line.clone())));
        }
    }
    Ok(())
}

/// What one exchange alone can show.
fn exchange(hub: &HubStage, seen: &Seen) -> Vec<Standing> {
    let line = seen.line();
    let mut found = Vec::new();
    let mut note = |clause, breach: Option<Breach>| {
        if let Some(breach) = breach {
            found.push(Standing { clause, breach, line: line.clone() });
        }
    };
    note("HUB-ERR-01", refusal::shape(&seen.reply));
    note("HUB-ERR-02", secrecy::inside(seen));
    note("HUB-ERR-02", secrecy::echo(seen));
    if let Some((clause, breach)) = secrecy::leak(seen, &hub.secrets) {
        note(clause, Some(breach));
    }
    if hub.edition.identity && identity::is_due(seen) {
        let key = seen.ask.header_value(&hub.key_header).unwrap_or_default();
        let caller = hub.trust_by_key(key).map(|(_, trust)| trust);
        let named = caller.map(|trust| (trust.id.as_str(), trust.name.as_str()));
        note("HUB-TASK-01", identity::judge(&seen.reply.json(), named));
    }
    found
}

/// Whether every delivered payload is sealed and opens to what was queued.
async fn deliveries(hub: &HubStage) -> Judged<Vec<Standing>> {
    let delivered: Vec<payload::Delivered> =
        hub.seen.iter().flat_map(|seen| payload::delivered(&seen.ask, &seen.reply)).collect();
    if delivered.is_empty() {
        return Ok(Vec::new());
    }
    let queued = payload::queued(hub).await?;
    let found = delivered.iter().filter_map(|task| {
        let plaintext = queued.get(&task.id).map(String::as_str);
        let breach = payload::judge(hub.edition.cipher, &hub.payload_keys, task, plaintext)?;
        let line = format!("task {} of type {}: {}", task.id, task.task_type, task.payload);
        Some(Standing { clause: "HUB-ENC-01", breach, line })
    });
    Ok(found.collect())
}
