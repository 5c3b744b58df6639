//! One hub under judgement in one scenario, and the callers we play in front of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use contract::edition::{Edition, EditionId};
use contract::key::Secret;
use contract::wire::TRUST_KEY_HEADER;
use reqwest::Method;
use serde_json::Value;

use crate::cause::cause;
use crate::control::{Control, HubControl, Registration, http_client};
use crate::engine::Subject;
use crate::finding::{Judged, Stop};
use crate::hub_access::HubAccess;
use crate::report::Guard;
use crate::target::{Capability, HubHandle, HubOrder, LOOPBACK, TargetError};
use crate::watch::{FlStartup, Member};
use crate::world::RunContext;

mod callers;
mod exchange;
mod given;
mod holdings;

pub use callers::{COUNTS, ONLINE_LIST, REGISTRATION, TRUST_LIST, display_name, registration_body};
pub use exchange::{Ask, Reply, Seen};

/// A hub, what was registered on it, and everything it answered.
pub struct HubStage {
    /// The hub.
    pub hub: HubHandle,
    control: Option<HubControl>,
    access: Option<Arc<HubAccess>>,
    /// Edition it is judged by.
    pub edition: &'static Edition,
    /// Seed of the run.
    pub seed: u64,
    /// Header it reads trust keys from.
    pub key_header: String,
    /// Trusts registered in this scenario, by the name the scenario uses.
    pub trusts: BTreeMap<String, Registration>,
    /// When a hub that is not ours had last heard of a given trust before this scenario, as it says.
    pub heard_before: BTreeMap<String, Value>,
    /// Models in this scenario, id by name.
    pub models: BTreeMap<String, String>,
    /// Cohort queries in this scenario, id by name.
    pub queries: BTreeMap<String, String>,
    /// Every exchange of this scenario, oldest first.
    pub seen: Vec<Seen>,
    /// Where in `seen` the last group of exchanges began.
    pub group: usize,
    /// What the FL server stand-in posted by itself.
    pub posted: Vec<FlPost>,
    /// Whether rows were removed on purpose, so that they cannot be counted any more.
    pub rows_removed: bool,
    /// Secrets that may appear in no reply but the one that mints them, by name.
    pub secrets: Vec<(String, Secret)>,
    /// Payload keys the hub had, newest last, with their key ids.
    pub payload_keys: Vec<(String, Secret)>,
    /// The hub-internal key before the last rotation.
    pub former_internal_key: Option<Secret>,
    /// FL kits issued in this scenario, by the name of their trust.
    pub fl_kits: BTreeMap<String, FlStartup>,
    /// FL clients we play that have joined, by the name of their trust.
    pub fl_members: BTreeMap<String, Member>,
    /// The key the FL server posts with, where it is not the hub's.
    pub fl_server_key: Option<Secret>,
    /// How the last verb ended: exit code and output.
    pub verb: Option<Value>,
    internal_key: Option<Secret>,
    tokens: BTreeMap<String, Secret>,
    /// Folder of the files it was given, removed with it.
    pub workdir: Option<Arc<tempfile::TempDir>>,
    guard: Arc<Guard>,
}

/// A post of the FL server stand-in.
#[derive(Clone, Debug)]
pub struct FlPost {
    /// Model it was about.
    pub model_id: String,
    /// `metrics` or `logs`.
    pub what: &'static str,
    /// Body as sent.
    pub body: Value,
    /// Status of the answer.
    pub status: u16,
}

/// What a scenario may ask of a hub before it starts.
#[derive(Clone, Debug, Default)]
pub struct HubPlan {
    /// Slots in its pool, if other than usual.
    pub slots: Option<Vec<String>>,
    /// File it keeps its state in, if any.
    pub state: Option<Utf8PathBuf>,
    /// Edition it speaks, if not the one judged.
    pub edition: Option<EditionId>,
}

impl HubStage {
    /// Starts the hub of this run.
    pub async fn build(context: &RunContext) -> Judged<Self> {
        Self::build_with(context, HubPlan::default()).await
    }

    /// Starts the hub of this run with a plan of the scenario's own.
    pub async fn build_with(context: &RunContext, plan: HubPlan) -> Judged<Self> {
        Self::try_build(context, plan).await?.map_err(Stop::not_verified)
    }

    /// The same; the inner error is a hub that did not start, which may be what a scenario asks for.
    pub async fn try_build(
        context: &RunContext,
        plan: HubPlan,
    ) -> Judged<Result<Self, TargetError>> {
        let Subject::Hub { source, conduct, faults } = &context.subject else {
            return Err(Stop::not_applicable("this run judges a trust"));
        };
        let edition = plan.edition.map_or(context.edition, EditionId::row);
        let order = HubOrder {
            edition: edition.id,
            seed: context.seed,
            conduct: conduct.clone(),
            faults: faults.clone(),
            tls: false,
            slots: plan.slots,
            state: plan.state,
            listen: LOOPBACK,
            usual_ports: false,
        };
        let hub = match source.start(order).await {
            Ok(hub) => hub,
            Err(error) => return Ok(Err(error)),
        };
        let control = hub.control.clone().map(|address| HubControl::new(Control::new(address)));
        // What we control needs no access from people.
        let access = if control.is_none() { source.access() } else { None };
        let key_header = access.as_ref().map_or(TRUST_KEY_HEADER, |given| given.key_header());
        let key_header = key_header.to_owned();
        Ok(Ok(Self {
            hub,
            control,
            edition,
            seed: context.seed,
            key_header,
            access,
            trusts: BTreeMap::new(),
            heard_before: BTreeMap::new(),
            models: BTreeMap::new(),
            queries: BTreeMap::new(),
            seen: Vec::new(),
            group: 0,
            posted: Vec::new(),
            rows_removed: false,
            secrets: Vec::new(),
            payload_keys: Vec::new(),
            former_internal_key: None,
            fl_kits: BTreeMap::new(),
            fl_members: BTreeMap::new(),
            fl_server_key: None,
            verb: None,
            internal_key: None,
            tokens: BTreeMap::new(),
            guard: Arc::clone(&context.guard),
            workdir: None,
        }))
    }

    /// What people gave us for a hub that is not ours.
    pub fn given_access(&self) -> Option<Arc<HubAccess>> {
        self.access.clone()
    }

    /// The control API, which a deployed hub does not have.
    pub fn control(&self) -> Judged<&HubControl> {
        self.control.as_ref().ok_or_else(|| {
            Stop::not_applicable(format!(
                "a hub without our control API lacks {}",
                Capability::Control.word()
            ))
        })
    }

    // ---- asking ----

    /// Sends one request and keeps what came back.
    pub async fn ask(&mut self, ask: Ask) -> Judged<Reply> {
        self.may_ask(&ask)?;
        let reply = self.answered(&ask).await?;
        self.group = self.seen.len();
        self.seen.push(Seen { ask, reply: reply.clone(), mints: false });
        Ok(reply)
    }

    /// Sends one request and says how long its answer took; no answer within `limit` is none.
    pub async fn ask_timed(
        &mut self,
        ask: Ask,
        limit: Duration,
    ) -> Judged<(Option<Reply>, Duration)> {
        self.may_ask(&ask)?;
        let began = std::time::Instant::now();
        let reply = send_within(&self.hub.api_url, &ask, limit).await.ok();
        let took = began.elapsed();
        if let Some(reply) = &reply {
            self.group = self.seen.len();
            self.seen.push(Seen { ask, reply: reply.clone(), mints: false });
        }
        Ok((reply, took))
    }

    /// Sends several at once; replies in the order of the requests.
    pub async fn ask_all(&mut self, asks: Vec<Ask>) -> Judged<Vec<Reply>> {
        asks.iter().try_for_each(|ask| self.may_ask(ask))?;
        let base = self.hub.api_url.clone();
        let sent = asks.iter().map(|ask| send(&base, ask));
        let replies: Vec<Reply> =
            futures::future::join_all(sent).await.into_iter().collect::<Judged<_>>()?;
        self.group = self.seen.len();
        for (ask, reply) in asks.into_iter().zip(&replies) {
            self.seen.push(Seen { ask, reply: reply.clone(), mints: false });
        }
        Ok(replies)
    }

    /// Sends several one after another, as one group.
    pub async fn ask_each(&mut self, asks: Vec<Ask>) -> Judged<Vec<Reply>> {
        let begin = self.seen.len();
        let mut replies = Vec::with_capacity(asks.len());
        for ask in asks {
            replies.push(self.ask(ask).await?);
        }
        self.group = begin;
        Ok(replies)
    }

    /// Marks the last exchange as one that mints secrets.
    pub fn last_mints(&mut self) {
        if let Some(last) = self.seen.last_mut() {
            last.mints = true;
        }
    }

    /// The last exchange.
    pub fn last(&self) -> Judged<&Seen> {
        self.seen.last().ok_or_else(|| Stop::not_verified("nothing was asked yet"))
    }

    /// The exchanges of the last group.
    pub fn last_group(&self) -> &[Seen] {
        self.seen.get(self.group..).unwrap_or_default()
    }
}

async fn send(base: &str, ask: &Ask) -> Judged<Reply> {
    send_within(base, ask, ANSWER).await
}

async fn send_within(base: &str, ask: &Ask, limit: Duration) -> Judged<Reply> {
    let what = format!("{} {}", ask.method, ask.path);
    let base = base.trim_end_matches('/');
    let base = if ask.from_host { base.trim_end_matches("/api") } else { base };
    let url = format!("{base}{}", ask.path);
    let mut request = http_client().request(ask.method.clone(), url).timeout(limit);
    for (name, value) in &ask.headers {
        request = request.header(name, value);
    }
    if let Some(body) = &ask.body {
        request = request.body(body.clone());
    } else if ask.method != Method::GET {
        request = request.header("Content-Length", "0");
    }
    let failed = |error: reqwest::Error| Stop::not_verified(format!("{what}: {}", cause(&error)));
    let reply = request.send().await.map_err(failed)?;
    let status = reply.status().as_u16();
    let headers = reply
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let bytes = reply.bytes().await.map_err(failed)?;
    Ok(Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() })
}

const ANSWER: Duration = Duration::from_secs(30);
