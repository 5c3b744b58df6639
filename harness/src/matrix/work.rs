//! Tasks, counts and heartbeats of a pairing: what was asked and told against what the hub holds
//! (rotation-and-upgrade 2).

use std::collections::BTreeMap;

use contract::capture::Exchange;
use contract::edition::{DeleteImaging, Edition, HeartbeatBody, TaskType, TrustHealth};
use serde_json::Value;

use super::cell::{Counts, Kind, Trace, Verdict};
use super::federation::{Federation, Queued};
use super::pairing::Pairing;
use crate::control::TaskView;
use crate::finding::Judged;
use crate::oracle::stored::Tally;
use crate::steps::tasks::too_busy;

/// What the hub holds of the trusts' side.
pub(super) struct Work<'f> {
    federation: &'f Federation,
    seen: &'f [Exchange],
    held: Vec<TaskView>,
    /// The trusts as the hub lists them, in order.
    rows: Vec<Value>,
    /// Aggregates by query.
    aggregates: BTreeMap<String, Value>,
}

impl<'f> Work<'f> {
    /// Reads what the hub holds.
    pub(super) async fn read(federation: &'f Federation, seen: &'f [Exchange]) -> Judged<Self> {
        let hub = federation.hub();
        let mut rows = Vec::new();
        for site in &federation.sites {
            rows.push(hub.trust(&site.registration.id).await?.unwrap_or_default());
        }
        let mut aggregates = BTreeMap::new();
        for query in federation.tasks.iter().filter_map(|task| task.query.as_ref()) {
            aggregates.insert(query.clone(), hub.aggregate(query).await?);
        }
        let held = federation.held_tasks().await?;
        if federation.is_starved() || held.iter().any(is_starved) {
            return Err(too_busy());
        }
        Ok(Self { federation, seen, held, rows, aggregates })
    }

    /// What is not done or not kept, and the counts.
    pub(super) fn judge(&self, pairing: &Pairing) -> (Vec<Trace>, Counts) {
        let mut found = self.tasks(pairing);
        found.extend(self.reports());
        found.extend(self.cohorts());
        found.extend(self.heartbeats(pairing));
        found.extend(self.snapshots(pairing));
        found.extend(self.identity(pairing));
        found.extend(self.hub_facts(pairing));
        found.extend(self.unaccounted(&found));
        let sent = self.counted(pairing.trust).count() as u64;
        let done =
            self.counted(pairing.trust).filter(|(_, held)| held.status == DONE).count() as u64;
        let online = self.rows.iter().filter(|row| !row["last_heartbeat"].is_null()).count() as u64;
        let trusts = self.rows.len() as u64;
        let counts = [
            (Kind::Tasks, Tally { sent, stored: done }),
            (Kind::Heartbeats, Tally { sent: trusts, stored: online }),
        ];
        (found, counts.into())
    }

    fn all(&self) -> impl Iterator<Item = (&Queued, &TaskView)> {
        self.federation.tasks.iter().zip(&self.held)
    }

    /// Tasks that count. One that fails at every hub alike, at home too, says nothing about a pairing in
    /// which others are done.
    fn counted(&self, trust: &Edition) -> impl Iterator<Item = (&Queued, &TaskView)> {
        let any_done = self.held.iter().any(|held| held.status == DONE);
        let at_home = any_done && trust.delete_imaging == DeleteImaging::QueryParameter;
        let fails_anyway = move |task: &Queued| at_home && task.kind == TaskType::DeleteImaging;
        self.all().filter(move |(task, _)| !fails_anyway(task))
    }

    fn tasks(&self, pairing: &Pairing) -> Vec<Trace> {
        let sent = self.counted(pairing.trust).count() as u64;
        let with = |status: &str| -> Vec<&TaskView> {
            let tasks = self.counted(pairing.trust).map(|(_, held)| held);
            tasks.filter(|held| held.status == status).collect()
        };
        let (done, failed) = (with(DONE), with("FAILED"));
        let waiting = sent - (done.len() + failed.len()) as u64;
        let stored = done.len() as u64;
        let trace = |requirement: &str, sentence, verdict| Trace {
            requirement: requirement.to_owned(),
            kind: Kind::Tasks,
            sent,
            stored,
            sentence,
            verdict,
        };
        let mut found = Vec::new();
        if !failed.is_empty() {
            let reason = match reason(&failed) {
                Some(text) => format!("with the reason `{text}`"),
                None => "without a reason".to_owned(),
            };
            let sentence =
                format!("{sent} tasks sent, {stored} done: {} FAILED {reason}", failed.len());
            let apart = pairing.hub.cipher != pairing.trust.cipher;
            let clause = if apart { "UPG-CIPHER-01" } else { "TRUST-TASK-01" };
            found.push(trace(clause, sentence, Verdict::RefusedLoudly));
        }
        if waiting > 0 {
            let sites = 0..self.federation.sites.len();
            let told = sites.clone().all(|at| self.federation.is_turned_away(at))
                && self.rows.iter().all(|row| row["online"] == false);
            let how = if told {
                "the trusts log `Unexpected status` and show Offline"
            } else {
                "nobody is told"
            };
            let sentence = format!("{sent} tasks sent, {waiting} wait for ever: {how}");
            let verdict = if told { Verdict::RefusedLoudly } else { Verdict::LostInSilence };
            found.push(trace("UPG-PATH-01", sentence, verdict));
        }
        found
    }

    /// What a trust reported, and the hub took, is what the hub holds.
    fn reports(&self) -> Option<Trace> {
        let mut sent = 0;
        let mut kept = 0;
        for (task, held) in self.all() {
            let of_task = |call: &&Exchange| {
                call.route == "result" && call.status == 200 && call.path.contains(&task.id)
            };
            let Some(report) = self.seen.iter().find(of_task) else { continue };
            let told: Value = serde_json::from_str(&report.request_body).unwrap_or_default();
            sent += 1;
            let success = told["success"] == (held.status == DONE);
            kept += u64::from(success && told["result"].as_str() == held.result.as_deref());
        }
        (kept < sent).then(|| Trace {
            requirement: "HUB-TASK-06".to_owned(),
            kind: Kind::Tasks,
            sent,
            stored: kept,
            sentence: format!(
                "{} of {sent} accepted reports are not held as reported",
                sent - kept
            ),
            verdict: Verdict::LostInSilence,
        })
    }

    /// Counts a trust sent and the hub took are the ones it holds for that trust.
    fn cohorts(&self) -> Option<Trace> {
        let (mut sent, mut kept) = (0, 0);
        for (task, _) in self.all() {
            let Some(query) = &task.query else { continue };
            let trust = &self.federation.sites[task.site].registration.id;
            let of_query = |call: &&Exchange| {
                call.route == "cohort_results" && call.request_body.contains(query.as_str())
            };
            let Some(post) = self.seen.iter().rev().find(of_query) else { continue };
            let told: Value = serde_json::from_str(&post.request_body).unwrap_or_default();
            sent += 1;
            let aggregate = self.aggregates.get(query).cloned().unwrap_or_default();
            let held = &aggregate["trust_record_counts"][trust.as_str()];
            kept += u64::from(!held.is_null() && *held == told["record_count"]);
        }
        (kept < sent).then(|| Trace {
            requirement: "HUB-COHORT-01".to_owned(),
            kind: Kind::Cohorts,
            sent,
            stored: kept,
            sentence: format!("{} of {sent} cohort counts are not in the aggregate", sent - kept),
            verdict: Verdict::LostInSilence,
        })
    }

    fn heartbeats(&self, pairing: &Pairing) -> Option<Trace> {
        let (sent, stored) = self.of_trusts(|at| !self.rows[at]["last_heartbeat"].is_null());
        let apart = pairing.hub.paths != pairing.trust.paths;
        (stored < sent).then(|| Trace {
            requirement: if apart { "UPG-PATH-01" } else { "HUB-HB-01" }.to_owned(),
            kind: Kind::Heartbeats,
            sent,
            stored,
            sentence: format!("{} of {sent} trusts never come Online", sent - stored),
            verdict: Verdict::RefusedLoudly,
        })
    }

    fn snapshots(&self, pairing: &Pairing) -> Option<Trace> {
        let sends = pairing.trust.heartbeat_body != HeartbeatBody::None;
        let sent =
            |at: usize| self.replies(at, "heartbeat").any(|beat| beat.request_body_bytes > 0);
        let senders = (0..self.rows.len()).filter(|at| sends && sent(*at)).count() as u64;
        let held = self.rows.iter().filter(|row| !row["services"].is_null()).count() as u64;
        (held < senders).then(|| Trace {
            requirement: "TRUST-HB-01".to_owned(),
            kind: Kind::Snapshots,
            sent: senders,
            stored: held,
            sentence: "health snapshots are sent and ignored: the hub shows no services".to_owned(),
            verdict: Verdict::Degraded,
        })
    }

    fn identity(&self, pairing: &Pairing) -> Option<Trace> {
        if !pairing.trust.expected_trust_id {
            return None;
        }
        let (sent, stored) = self.of_greeted(|call, id| call.contains(id));
        (stored < sent).then(|| Trace {
            requirement: "HUB-TASK-01".to_owned(),
            kind: Kind::Identity,
            sent,
            stored,
            sentence: "the hub tells no identity: the check for a wrong kit never runs".to_owned(),
            verdict: Verdict::Degraded,
        })
    }

    fn hub_facts(&self, pairing: &Pairing) -> Option<Trace> {
        if pairing.trust.trust_health < TrustHealth::HubKey {
            return None;
        }
        let (sent, stored) = self.of_greeted(|call, _| call.contains("\"hub_version\""));
        (stored < sent).then(|| Trace {
            requirement: "UPG-VERSION-01".to_owned(),
            kind: Kind::HubFacts,
            sent,
            stored,
            sentence: "the hub tells neither version nor key: hub_key_match stays null".to_owned(),
            verdict: Verdict::Degraded,
        })
    }

    /// Refusals on the trust's routes that no finding stands for.
    fn unaccounted(&self, found: &[Trace]) -> Option<Trace> {
        let calls = || self.seen.iter().filter(|call| TRUST_ROUTES.contains(&call.route.as_str()));
        let refused = calls().filter(|call| (400..500).contains(&call.status)).count() as u64;
        (refused > 0 && found.is_empty()).then(|| Trace {
            requirement: "HUB-TASK-02".to_owned(),
            kind: Kind::Tasks,
            sent: calls().count() as u64,
            stored: calls().count() as u64 - refused,
            sentence: format!("{refused} calls of the trusts refused, and nothing shows it"),
            verdict: Verdict::LostInSilence,
        })
    }

    /// Granted calls of one trust on a route.
    fn replies(&self, at: usize, route: &'f str) -> impl Iterator<Item = &'f Exchange> {
        let id = self.federation.sites[at].registration.id.as_str();
        let of_trust = move |call: &&Exchange| {
            call.route == route && call.status == 200 && call.trust_id.as_deref() == Some(id)
        };
        self.seen.iter().filter(of_trust)
    }

    /// Trusts that the hub answers, and those whose every answer has what is asked for.
    fn of_greeted(&self, has: impl Fn(&str, &str) -> bool) -> (u64, u64) {
        let greeted = |at: &usize| self.replies(*at, "heartbeat").next().is_some();
        let trusts: Vec<usize> = (0..self.rows.len()).filter(greeted).collect();
        let whole = |at: &&usize| {
            let id = self.federation.sites[**at].registration.id.as_str();
            self.replies(**at, "heartbeat").all(|call| has(&call.response_body, id))
        };
        (trusts.len() as u64, trusts.iter().filter(whole).count() as u64)
    }

    fn of_trusts(&self, holds: impl Fn(usize) -> bool) -> (u64, u64) {
        let all = 0..self.rows.len();
        (all.len() as u64, all.filter(|at| holds(*at)).count() as u64)
    }
}

/// The reason most of the failed tasks give.
fn reason(failed: &[&TaskView]) -> Option<String> {
    let mut texts: BTreeMap<String, usize> = BTreeMap::new();
    for task in failed {
        let result: Value = task
            .result
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        if let Some(text) = result["error"].as_str() {
            *texts.entry(without_ids(text)).or_default() += 1;
        }
    }
    texts.into_iter().max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0))).map(|(text, _)| text)
}

/// The same text in every run: ids are made anew, and long texts are cut.
fn without_ids(text: &str) -> String {
    let is_id =
        |word: &str| word.len() >= 32 && word.chars().filter(char::is_ascii_digit).count() > 4;
    let words = text.split(' ').map(|word| {
        let bare: &str = word.trim_matches(['\'', '"', '.', ',']);
        if is_id(bare) { word.replace(bare, "…") } else { word.to_owned() }
    });
    let whole: String = words.collect::<Vec<_>>().join(" ");
    match whole.char_indices().nth(REASON_CHARS_MAX) {
        None => whole,
        Some((at, _)) => format!("{}…", whole[..at].trim_end()),
    }
}

/// A call inside the site that no fault spoiled and that failed all the same: the machine's doing.
fn is_starved(held: &TaskView) -> bool {
    held.result.as_ref().is_some_and(|text| text.contains("Failed to connect to remote service"))
}

const DONE: &str = "COMPLETED";
const TRUST_ROUTES: [&str; 4] = ["heartbeat", "pending", "result", "cohort_results"];
const REASON_CHARS_MAX: usize = 72;
