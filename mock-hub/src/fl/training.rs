//! One training as the FL server reports it to the hub (fl 2, 4, 5).
//!
//! The posts of a run, in order: PREPARED and the line's running word; in every round a started
//! event, each client's metrics and result event, an aggregated event; then the last word. A post that
//! is refused changes nothing: that is the habit under test, and the report tells what the hub said.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contract::fl_line::{EvaluationReport, FlLine, RefusalHabit, WaitingReport};
use serde_json::json;
use uuid::Uuid;

use super::bodies::{self, Event, Point, WAITING};
use super::in_band::InBand;
use super::post::Caller;
use super::protocol::{FromClient, FromServer};
use super::python_json::Object;
use super::report::{Posted, Received, Report, Took};
use super::server::{FlServer, Lease};

/// What to train and what shall go wrong.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a request")]
pub struct Plan {
    /// Model that is trained.
    pub model_id: String,
    /// Rounds, from 1.
    pub rounds: i64,
    /// Names of the FL clients, as the server knows them.
    pub clients: Vec<String>,
    /// What it calls some of them in its posts, where that is another name.
    pub names: BTreeMap<String, String>,
    /// Curves each client reports in each round.
    pub labels: Vec<String>,
    /// The client whose training code raises in round 1.
    pub crash: Option<Crash>,
    /// The job waits for resources and never starts.
    pub waiting: bool,
    /// The job evaluates a model instead of training one: no rounds, one set of metrics at the end.
    pub evaluation: bool,
    /// The upload of the results fails.
    pub upload_fails: bool,
    /// What the training code of simulated clients hands over besides label and value.
    pub given: Option<InBand>,
    /// Line of simulated clients.
    pub trust_line: &'static FlLine,
    /// Simulated clients run one of the oldest releases of that line.
    pub at_first: bool,
    /// Sealed project id for clients that joined; with it they fetch the site's data.
    pub encrypted_project_id: Option<String>,
    /// The cohort they fetch, as SQL.
    pub query: Option<String>,
    /// Training code gives every point its round and a place on an axis of its own.
    pub own_axis: bool,
}

/// A client whose training code raises.
#[derive(Debug, Clone)]
pub struct Crash {
    /// Which client.
    pub client: String,
    /// Whether the server still knows whose exception it was.
    pub attributed: bool,
}

/// A training in progress.
pub struct Training {
    caller: Caller,
    plan: Plan,
    job_id: String,
    report: Report,
}

/// A client of this training.
enum Client {
    Joined(Lease),
    Simulated,
}

/// The run stops before its last round.
enum Stop {
    /// A client raised.
    Crashed,
    /// A refusal was not swallowed.
    Raised,
}

impl Training {
    /// Prepares a run that posts as `caller`.
    pub fn new(caller: Caller, plan: Plan) -> Self {
        let job_id = Uuid::new_v4().to_string();
        Self { caller, plan, job_id, report: Report::default() }
    }

    /// What happened so far.
    pub fn into_report(self) -> Report {
        self.report
    }

    /// Runs to the end; clients that have joined `server` train, the others are simulated.
    pub async fn run(&mut self, server: &Arc<FlServer>) {
        "BLOCKED".clone_into(&mut self.report.ended);
        let ended = match self.attempt(server).await {
            Ok(word) => word,
            Err(Stop::Raised) => "RAISED",
            Err(Stop::Crashed) => self.last_word("ERROR").await,
        };
        ended.clone_into(&mut self.report.ended);
    }

    async fn attempt(&mut self, server: &Arc<FlServer>) -> Result<&'static str, Stop> {
        if self.plan.waiting {
            return self.wait_for_resources().await;
        }
        let mut clients = self.invite(server).await;
        if self.plan.evaluation {
            return self.evaluate().await;
        }
        self.status("PREPARED").await?;
        self.status(self.caller.line.running_word).await?;
        for round in 1..=self.plan.rounds {
            self.round(round, &mut clients).await?;
        }
        self.dismiss(&clients).await;
        Ok(self.uploaded().await)
    }

    async fn uploaded(&mut self) -> &'static str {
        let upload_failed = self.plan.upload_fails.then_some(self.caller.line.upload_failed_word);
        self.last_word(upload_failed.unwrap_or("RESULTS_UPLOADED")).await
    }

    /// Clients hand their metrics over in their replies; only the newest line tells the hub of them, in
    /// round 0, after the upload and before the last word.
    async fn evaluate(&mut self) -> Result<&'static str, Stop> {
        let report = self.caller.line.evaluation_report;
        if report != EvaluationReport::None {
            self.status(self.caller.line.running_word).await?;
        }
        if report == EvaluationReport::RunningAndMetrics {
            for (index, client) in self.plan.clients.clone().into_iter().enumerate() {
                for (number, label) in self.plan.labels.clone().into_iter().enumerate() {
                    self.evaluated(&client, &label, simulated_value(1, index, number)).await?;
                }
            }
        }
        Ok(self.uploaded().await)
    }

    async fn evaluated(&mut self, client: &str, label: &str, value: f64) -> Result<(), Stop> {
        let (client, label) = (client.to_owned(), label.to_uppercase());
        let point = Point { client, round: 0, label, value, x_value: None, x_label: None };
        self.post_point(&point).await
    }

    async fn round(&mut self, round: i64, clients: &mut [(String, Client)]) -> Result<(), Stop> {
        let total = Object::of([("total_rounds", json!(self.plan.rounds))]);
        self.event("ROUND_STARTED", None, Some(round), Some(total)).await?;
        for (index, (slot, client)) in clients.iter_mut().enumerate() {
            match client {
                Client::Joined(lease) => self.joined_round(round, slot, lease).await?,
                Client::Simulated => self.simulated_round(round, index, slot).await?,
            }
        }
        // A client that fails ends the run, so a round that closes had all of them.
        let counts =
            Object::of([("returned", json!(clients.len())), ("expected", json!(clients.len()))]);
        self.event("ROUND_AGGREGATED", None, Some(round), Some(counts)).await
    }

    async fn simulated_round(&mut self, round: i64, index: usize, slot: &str) -> Result<(), Stop> {
        if round == 1 && self.plan.crash.as_ref().is_some_and(|crash| crash.client == slot) {
            return self.crash(slot, EXCEPTION).await;
        }
        let line = self.plan.trust_line;
        let at_first = line.in_band_sent_at_first.filter(|_| self.plan.at_first);
        let habit = at_first.unwrap_or(line.in_band_sent);
        for (number, label) in self.plan.labels.clone().into_iter().enumerate() {
            let value = simulated_value(round, index, number);
            let given = self.plan.given.clone().or_else(|| own_axis(&self.plan, round));
            let metric = match given {
                // What is no number stays none.
                Some(given) => InBand { label, value: value + given.value, ..given },
                None => InBand { label, value, round: None, x_value: None, x_label: None },
            };
            self.metric(&metric.sent(habit), slot, round).await?;
        }
        self.result(slot, round, SIMULATED_RESULT_BYTES).await
    }

    async fn joined_round(
        &mut self,
        round: i64,
        slot: &str,
        lease: &mut Lease,
    ) -> Result<(), Stop> {
        let job_id = self.job_id.clone();
        if !lease.tell(FromServer::Round { job_id: job_id.clone(), round }).await {
            return self.crash(slot, "client disconnected").await;
        }
        loop {
            match tokio::time::timeout(CLIENT_PATIENCE, lease.hear(&job_id)).await {
                Ok(Some(FromClient::Metric { metric, .. })) => {
                    self.metric(&metric, slot, round).await?;
                }
                Ok(Some(FromClient::Result { size_bytes, .. })) => {
                    return self.result(slot, round, size_bytes).await;
                }
                Ok(Some(FromClient::Crash { log, .. })) => return self.crash(slot, &log).await,
                Ok(Some(_)) => {}
                Ok(None) => return self.crash(slot, "client disconnected").await,
                Err(_) => return self.crash(slot, "client did not answer").await,
            }
        }
    }

    async fn invite(&mut self, server: &Arc<FlServer>) -> Vec<(String, Client)> {
        let mut clients = Vec::new();
        for slot in self.plan.clients.clone() {
            let crashes = self.plan.crash.as_ref().is_some_and(|crash| crash.client == slot);
            let client = match server.lease(&slot) {
                Some(lease) if lease.tell(self.job(crashes)).await => Client::Joined(lease),
                _ => Client::Simulated,
            };
            let part = match client {
                Client::Joined(_) => "joined",
                Client::Simulated => "simulated",
            };
            self.report.clients.push(Took { slot: slot.clone(), part: part.to_owned() });
            clients.push((slot, client));
        }
        clients
    }

    fn job(&self, crashes: bool) -> FromServer {
        FromServer::Job {
            job_id: self.job_id.clone(),
            model_id: self.plan.model_id.clone(),
            rounds: self.plan.rounds,
            labels: self.plan.labels.clone(),
            crash_in_round: crashes.then_some(1),
            encrypted_project_id: self.plan.encrypted_project_id.clone(),
            query: self.plan.query.clone(),
            own_axis: self.plan.own_axis,
        }
    }

    async fn dismiss(&self, clients: &[(String, Client)]) {
        for (_, client) in clients {
            if let Client::Joined(lease) = client {
                lease.tell(FromServer::Done { job_id: self.job_id.clone() }).await;
            }
        }
    }

    async fn wait_for_resources(&mut self) -> Result<&'static str, Stop> {
        let WaitingReport::Retried { pauses_secs } = self.caller.line.waiting_report else {
            return Ok("WAITING");
        };
        for event in self.last_waiting() {
            self.post_event(&event).await?;
        }
        let pauses = std::iter::once(&0).chain(pauses_secs);
        for pause in pauses {
            let pause = Duration::from_secs(*pause).mul_f64(self.caller.time_scale);
            tokio::time::sleep(pause).await;
            self.status("ERROR").await?;
            if self.report.answers.last().is_some_and(|post| (200..400).contains(&post.status)) {
                break;
            }
        }
        Ok("ERROR")
    }

    /// The last report before the job is given up: one for each client that fell short, or one that
    /// names nobody.
    fn last_waiting(&self) -> Vec<Event> {
        let tries = json!(SCHEDULE_TRIES);
        let progress = Object::of([
            ("attempt", tries.clone()),
            ("max_attempts", tries),
            ("final", json!(true)),
        ]);
        let event = |client, details| Event {
            client,
            word: WAITING,
            round: None,
            details: Some(details),
            success: false,
        };
        if self.plan.clients.is_empty() {
            return vec![event(None, progress)];
        }
        let short = |client: &String| {
            event(
                Some(self.called(client).to_owned()),
                progress.clone().with("requested", json!({})),
            )
        };
        self.plan.clients.iter().map(short).collect()
    }

    async fn metric(&mut self, metric: &InBand, client: &str, round: i64) -> Result<(), Stop> {
        self.report.received.push(Received {
            client: client.to_owned(),
            server_round: round,
            metric: metric.clone(),
        });
        let client = named(client).map(|client| self.called(client).to_owned());
        let Some(point) = metric.read(self.caller.line, client.as_deref(), round) else {
            return Ok(());
        };
        self.post_point(&point).await
    }

    /// What the library refuses by itself was produced all the same: the report counts it.
    async fn post_point(&mut self, point: &Point) -> Result<(), Stop> {
        self.report.sent.metrics += 1;
        match bodies::metric(self.caller.line, point) {
            Ok(body) => self.send("metric".to_owned(), "POST", "metrics", Some(body)).await,
            Err(refused) => {
                self.report.answers.push(Posted::kept_back("metric", &refused));
                Ok(())
            }
        }
    }

    /// A result that names no site counts as returned, and nobody is told of it.
    async fn result(&mut self, slot: &str, round: i64, bytes: u64) -> Result<(), Stop> {
        if named(slot).is_none() {
            return Ok(());
        }
        let details = Object::of([("size_bytes", json!(bytes))]);
        self.event("CLIENT_RESULT_RECEIVED", named(slot), Some(round), Some(details)).await
    }

    async fn crash(&mut self, slot: &str, text: &str) -> Result<(), Stop> {
        let attributed = self.plan.crash.as_ref().is_none_or(|crash| crash.attributed);
        let client = named(slot).filter(|_| attributed).map(|slot| self.called(slot));
        let body = bodies::exception(self.caller.line, client, text);
        self.report.sent.logs += 1;
        self.send("log".to_owned(), "POST", "logs", Some(body)).await?;
        Err(Stop::Crashed)
    }

    /// The name of a client in posts.
    fn called<'n>(&'n self, client: &'n str) -> &'n str {
        self.plan.names.get(client).map_or(client, String::as_str)
    }

    async fn event(
        &mut self,
        word: &'static str,
        client: Option<&str>,
        round: Option<i64>,
        details: Option<Object>,
    ) -> Result<(), Stop> {
        let client = client.map(|client| self.called(client).to_owned());
        self.post_event(&Event { client, word, round, details, success: true }).await
    }

    async fn post_event(&mut self, event: &Event) -> Result<(), Stop> {
        let Some(body) = bodies::event(self.caller.line, event) else { return Ok(()) };
        self.report.sent.events += 1;
        self.send(format!("event {}", event.word), "POST", "logs", Some(body)).await
    }

    async fn status(&mut self, word: &str) -> Result<(), Stop> {
        self.report.sent.statuses += 1;
        self.send(format!("status {word}"), "PUT", &format!("status/{word}"), None).await
    }

    async fn last_word(&mut self, word: &'static str) -> &'static str {
        match self.status(word).await {
            Ok(()) => word,
            Err(_) => "RAISED",
        }
    }

    async fn send(
        &mut self,
        what: String,
        method: &str,
        what_path: &str,
        body: Option<Object>,
    ) -> Result<(), Stop> {
        let path = format!("/model/{}/{what_path}", self.plan.model_id);
        let body = body.map(|body| body.to_text());
        let outcome = self.caller.call(method, &path, body.as_deref()).await;
        let refused = !matches!(&outcome, Ok(answer) if answer.status < 400);
        self.report.answers.push(Posted::new(what, body, outcome));
        match self.caller.line.refusals {
            RefusalHabit::Raised if refused => Err(Stop::Raised),
            RefusalHabit::Raised | RefusalHabit::Swallowed => Ok(()),
        }
    }
}

/// What the code of simulated clients gives when it plots on an axis of its own.
#[expect(clippy::cast_precision_loss, reason = "rounds are small numbers")]
fn own_axis(plan: &Plan, round: i64) -> Option<InBand> {
    plan.own_axis.then(|| InBand {
        label: String::new(),
        value: 0.0,
        round: Some(round),
        x_value: Some(round as f64 / 2.0),
        x_label: Some("epoch".to_owned()),
    })
}

/// An empty name stands for a reply that names no site.
fn named(client: &str) -> Option<&str> {
    Some(client).filter(|name| !name.is_empty())
}

/// A value of its own for every point, exact in binary.
#[expect(clippy::cast_precision_loss, reason = "rounds, clients and labels are small numbers")]
fn simulated_value(round: i64, client: usize, label: usize) -> f64 {
    round as f64 + client as f64 / 64.0 + label as f64 / 4096.0
}

/// What a simulated client raises.
const EXCEPTION: &str = "ValueError: boom";

/// Size a simulated client's update is said to have.
const SIMULATED_RESULT_BYTES: u64 = 1234;

/// How often the federation tries to start a job.
const SCHEDULE_TRIES: u64 = 10;

/// A joined client that says nothing for so long is given up.
const CLIENT_PATIENCE: Duration = Duration::from_mins(1);
