//! Who may call what: one call, one way to prove oneself, and the same call done right.

use contract::key::{Secret, sha256_hex};
use serde_json::json;

use super::{UNKNOWN_ID, fact, must_hold};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{
    Ask, COUNTS, HubStage, REGISTRATION, TRUST_LIST, display_name, registration_body,
};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"an? (heartbeat|poll|report|cohort result|metric|log|status word|registration|trust list|model approval) is sent with (.+)" => sent,
    r"the right key opens the same call" => right_key_opens,
    r"(\d+) heartbeats are sent with keys never issued" => invented_keys,
    r#""(\w+)" sends a (heartbeat|poll|report) at the path of "(\w+)""# => foreign_path,
    r#""(\w+)" sends (\d+) (heartbeat|poll)s at the path of "(\w+)""# => foreign_paths,
    r#"a whole registration of "(\w+)" is sent by (nobody|a researcher)"# => whole_registration,
];

/// A kind of call, each to a route of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Heartbeat,
    Poll,
    Report,
    Counts,
    Metric,
    Log,
    Status,
    Registration,
    TrustList,
    ModelApproval,
}

/// Whose key a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    TrustKey,
    InternalKey,
    UserToken,
}

impl Call {
    fn parse(word: &str) -> Judged<Self> {
        Ok(match word {
            "heartbeat" => Self::Heartbeat,
            "poll" => Self::Poll,
            "report" => Self::Report,
            "cohort result" => Self::Counts,
            "metric" => Self::Metric,
            "log" => Self::Log,
            "status word" => Self::Status,
            "registration" => Self::Registration,
            "trust list" => Self::TrustList,
            "model approval" => Self::ModelApproval,
            other => return Err(Stop::not_verified(format!("no call is called {other:?}"))),
        })
    }

    fn gate(self) -> Gate {
        match self {
            Self::Heartbeat | Self::Poll | Self::Report | Self::Counts => Gate::TrustKey,
            Self::Metric | Self::Log | Self::Status => Gate::InternalKey,
            Self::Registration | Self::TrustList | Self::ModelApproval => Gate::UserToken,
        }
    }

    /// The call without any proof of who makes it; its body is whole, its effect none.
    fn bare(self, hub: &HubStage, trust: &str) -> Judged<Ask> {
        let model = format!("/model/{UNKNOWN_ID}");
        Ok(match self {
            Self::Heartbeat => Ask::post(hub.heartbeat_path(trust)),
            Self::Poll => Ask::get(hub.poll_path(trust)),
            Self::Report => {
                Ask::post(hub.report_path(trust, UNKNOWN_ID)).json(&json!({"success": true}))
            }
            Self::Counts => {
                // Without a trust of the scenario the call is one of a caller without a right key.
                let id = hub.trust(trust).map_or(UNKNOWN_ID, |trust| &trust.id);
                Ask::post(COUNTS).json(&super::cohort::counts(UNKNOWN_ID, id, 7))
            }
            Self::Metric => Ask::post(format!("{model}/metrics"))
                .json(&super::ingest::metric(hub.edition, SOME_SLOT)),
            Self::Log => {
                Ask::post(format!("{model}/logs")).json(&super::ingest::log(hub.edition, SOME_SLOT))
            }
            Self::Status => Ask::put(format!("{model}/status/PREPARED")),
            Self::Registration => Ask::post(REGISTRATION).json(&registration_body(" ", " ")),
            Self::TrustList => Ask::get(TRUST_LIST),
            Self::ModelApproval => {
                let id = &hub.trust(trust)?.id;
                if id.is_empty() {
                    return Err(Stop::not_applicable(
                        "the kit holds no trust id, and no list of the hub gave it",
                    ));
                }
                Ask::put(format!("/trust/{id}/model/{UNKNOWN_ID}/status/PREPARED"))
            }
        })
    }
}

/// Sends a call of the only registered trust, or of the first one.
async fn sent(world: &mut World, args: Args) -> Judged {
    let call = Call::parse(args.group(0))?;
    let (proof, body) = match args.group(1).split_once(" and ") {
        Some((proof, body)) => (proof, Some(body)),
        None => (args.group(1), None),
    };
    world.vars.insert("call".to_owned(), args.group(0).to_owned());
    let hub = world.hub_stage().await?;
    let mut ask = call.bare(hub, FIRST)?;
    if let Some(body) = body {
        ask = with_body(ask, body)?;
    }
    let ask = with_proof(hub, ask, call.gate(), proof).await?;
    hub.ask(ask).await.map(drop)
}

/// The positive control: the same call with the key its route asks for is not refused for its key.
async fn right_key_opens(world: &mut World, _: Args) -> Judged {
    let word = world.vars.get("call").cloned();
    let word = word.ok_or_else(|| Stop::not_verified("no call was made yet"))?;
    let call = Call::parse(&word)?;
    let hub = world.hub_mut()?;
    let ask = call.bare(hub, FIRST)?;
    let ask = match call.gate() {
        Gate::TrustKey => hub.as_trust(FIRST, ask)?,
        Gate::InternalKey => hub.as_fl_server(ask).await?,
        Gate::UserToken => hub.as_user("admin", ask).await?,
    };
    let reply = hub.ask(ask).await?;
    let open = !matches!(reply.status, 401 | 403 | 429);
    must_hold(open, "the right key does not open this call either", world.hub()?.last()?)
}

async fn invented_keys(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let hub = world.hub_mut()?;
    let path = hub.heartbeat_path(FIRST);
    let header = hub.key_header.clone();
    let asks = (0..count)
        .map(|number| Ask::post(&path).header(&header, invented(hub, number).expose()))
        .collect();
    let replies = hub.ask_each(asks).await?;
    let admitted = replies.iter().filter(|reply| reply.is_success()).count();
    fact(world, admitted == 0, "no invented key to be let in", format!("{admitted} were"))
}

/// One trust's key at the path that names another.
async fn foreign_path(world: &mut World, args: Args) -> Judged {
    let call = Call::parse(args.group(1))?;
    world.vars.insert("call".to_owned(), args.group(1).to_owned());
    let hub = world.hub_mut()?;
    let ask = call.bare(hub, args.group(2))?;
    let ask = hub.as_trust(args.group(0), ask)?;
    hub.ask(ask).await.map(drop)
}

/// The same call so many times. None of them is granted: that is the clause of the single call.
async fn foreign_paths(world: &mut World, args: Args) -> Judged {
    let (count, call): (usize, _) = (args.number(1)?, Call::parse(args.group(2))?);
    let hub = world.hub_mut()?;
    let ask = hub.as_trust(args.group(0), call.bare(hub, args.group(3))?)?;
    let replies = hub.ask_each(vec![ask; count]).await?;
    let refused = replies.iter().all(|reply| matches!(reply.status, 403 | 429));
    must_hold(refused, "a foreign key opened the path", world.hub()?.last()?)
}

async fn whole_registration(world: &mut World, args: Args) -> Judged {
    let name = args.group(0);
    let hub = world.hub_mut()?;
    let body = registration_body(&display_name(name), &name.to_uppercase());
    let ask = Ask::post(REGISTRATION).json(&body);
    let ask = if args.group(1) == "nobody" { ask } else { hub.as_user("user", ask).await? };
    hub.ask(ask).await.map(drop)
}

async fn with_proof(hub: &mut HubStage, ask: Ask, gate: Gate, proof: &str) -> Judged<Ask> {
    let header = match gate {
        Gate::TrustKey => hub.key_header.clone(),
        Gate::InternalKey => hub.ingest_header().to_owned(),
        Gate::UserToken => "Authorization".to_owned(),
    };
    if let Some(words) = proof.strip_prefix("the trust's key") {
        let key = hub.trust(FIRST)?.trust_api_key.clone();
        return with_trust_key(ask, &header, &key, words);
    }
    Ok(match proof {
        "no key" | "no token" => ask,
        "an empty key" => ask.header(&header, ""),
        "a key never issued" | "a garbled token" => {
            let text = invented(hub, hub.seen.len());
            let prefix = if gate == Gate::UserToken { "Bearer " } else { "" };
            ask.header(&header, &format!("{prefix}{}", text.expose()))
        }
        "the hub-internal key" => {
            let key = hub.internal_key().await?;
            ask.header(&header, key.expose())
        }
        "the hub-internal key behind Bearer" => {
            let key = hub.internal_key().await?;
            ask.header(&header, &format!("Bearer {}", key.expose()))
        }
        other => match token_meaning(other) {
            Some(meaning) => {
                let token = hub.token(meaning).await?;
                ask.header(&header, &format!("Bearer {}", token.expose()))
            }
            None => return Err(Stop::not_verified(format!("no proof is called {other:?}"))),
        },
    })
}

/// A right trust key, shown in the way the words say.
fn with_trust_key(ask: Ask, header: &str, key: &Secret, words: &str) -> Judged<Ask> {
    Ok(match words.trim_start() {
        "" => ask.header(header, key.expose()),
        "behind Bearer" => ask.header(header, &format!("Bearer {}", key.expose())),
        "under another header" => ask.header("X-Some-Other-Key", key.expose()),
        "under the header in lower case" => ask.header(&header.to_lowercase(), key.expose()),
        "under the header in capitals" => ask.header(&header.to_uppercase(), key.expose()),
        named => match named.strip_prefix("under the header ") {
            Some(name) => ask.header(name, key.expose()),
            None => return Err(Stop::not_verified(format!("no way to show a key: {named:?}"))),
        },
    })
}

fn token_meaning(words: &str) -> Option<&'static str> {
    Some(match words {
        "an admin's token" => "admin",
        "a researcher's token" => "user",
        "an expired token" => "expired",
        "a foreign token" => "foreign",
        "a token without second factor" => "no-mfa",
        _ => return None,
    })
}

fn with_body(ask: Ask, words: &str) -> Judged<Ask> {
    let body = match words {
        "an empty object" => "{}",
        "wrong members" => r#"{"colour": "green", "success": [], "label": 7}"#,
        "malformed JSON" => "{not json",
        other => return Err(Stop::not_verified(format!("no body is called {other:?}"))),
    };
    let headers = ask.headers.into_iter().filter(|(name, _)| name != "Content-Type").collect();
    Ok(Ask { headers, ..ask }.raw_json(body))
}

/// A key of the right form that nobody issued; another one for each number.
fn invented(hub: &HubStage, number: usize) -> Secret {
    let digest = sha256_hex(format!("never issued {} {number}", hub.seed).as_bytes());
    Secret::new(&digest[..contract::limits::KEY_CHARS])
}

/// A slot in bodies that are never read: their key is wrong, or their model does not exist.
const SOME_SLOT: &str = "Trust_1";
/// The trust every scenario about keys registers.
const FIRST: &str = "Alpha";
