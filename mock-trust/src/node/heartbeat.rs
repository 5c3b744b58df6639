//! Heartbeats, and what their replies tell (trust 4.1).

use std::sync::atomic::Ordering;

use contract::edition::HeartbeatBody;
use contract::limits::{HEARTBEAT_LOG_CHARS_MAX, SNAPSHOT_LOG_CHARS_MAX};
use contract::wire::phrase;
use serde_json::Value;

use super::poller::{End, Poller};
use crate::health::{KeyNews, key_warning};
use crate::http::{CallError, Reply};
use crate::identity::Source;

impl Poller {
    /// One heartbeat; two when a snapshot is rejected.
    pub(super) async fn heartbeat(&self) -> Result<(), End> {
        if self.has_gone_silent() {
            return Ok(());
        }
        let snapshot = self.snapshot().await;
        let mut reply = self.hub.heartbeat(snapshot.as_ref()).await;
        if snapshot.is_some()
            && let Ok(rejected) = &reply
            && rejected.status == 422
            && self.habits.health.repeats_bodyless
        {
            self.log.error(format_args!(
                "{} {} — retrying bodyless",
                phrase::SNAPSHOT_REJECTED,
                rejected.text_start(SNAPSHOT_LOG_CHARS_MAX)
            ));
            reply = self.hub.heartbeat(None).await;
        }
        if !self.habits.cycle.one_heartbeat_a_cycle {
            reply = self.insist(snapshot.as_ref(), reply).await;
        }
        self.vitals.note_step();
        if let Err(error) = &reply {
            self.endure(error).await?;
        }
        self.take_in(reply)
    }

    async fn snapshot(&self) -> Option<Value> {
        if self.settings.edition.row().heartbeat_body == HeartbeatBody::None
            || !self.habits.health.sends_snapshot
        {
            return None;
        }
        if !self.habits.health.probes_beside_loop {
            self.collector.round().await;
        }
        self.vitals.snapshot()
    }

    fn take_in(&self, reply: Result<Reply, CallError>) -> Result<(), End> {
        match reply {
            Ok(reply) if reply.is_success() => {
                self.log.debug("Heartbeat sent successfully");
                // The body is optional, and what is no JSON is ignored.
                let body = reply.json().unwrap_or_default();
                self.note_hub(&body);
                self.compare_identity(Source::Heartbeat, &body)
            }
            Ok(reply) => {
                if self.settings.edition.row().logs_rejected_heartbeat {
                    self.log.error(format_args!(
                        "{} {} — {}",
                        phrase::HEARTBEAT_REJECTED,
                        reply.status,
                        reply.text_start(HEARTBEAT_LOG_CHARS_MAX)
                    ));
                } else {
                    self.log.debug("Heartbeat sent successfully");
                }
                self.vitals.forget_hub();
                self.note_failure(Some(&reply));
                Ok(())
            }
            Err(error) => {
                self.log.error(format_args!("Error sending heartbeat: {error}"));
                self.vitals.forget_hub();
                self.note_failure(None);
                Ok(())
            }
        }
    }

    fn note_hub(&self, body: &Value) {
        match self.vitals.note_hub(body) {
            KeyNews::Nothing => {}
            KeyNews::Differs => self.log.warning(key_warning(body, &self.settings.payload_key)),
            KeyNews::OwnUnusable => self.log.warning(phrase::KEY_UNUSABLE),
        }
    }

    /// Knocks again at once; no honest node does.
    async fn insist(
        &self,
        snapshot: Option<&Value>,
        first: Result<Reply, CallError>,
    ) -> Result<Reply, CallError> {
        let mut reply = first;
        for _ in 0..2 {
            if !reply.as_ref().is_ok_and(|reply| !reply.is_success()) {
                break;
            }
            reply = self.hub.heartbeat(snapshot).await;
        }
        reply
    }

    fn has_gone_silent(&self) -> bool {
        !self.habits.cycle.beats_with_stale_key
            && self.unopened.load(Ordering::Relaxed) >= UNOPENED_UNTIL_SILENT
    }
}

const UNOPENED_UNTIL_SILENT: u32 = 3;
