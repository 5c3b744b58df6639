//! Reporting a task's result until the hub takes it, or three times (trust 4.3).

use contract::wire::phrase;
use serde_json::Value;
use tokio::time::sleep;

use super::poller::Poller;

impl Poller {
    /// Only 200 counts. What the hub does not take in the end is dropped.
    pub(super) async fn report(&self, task_id: &str, body: &Value) {
        let pauses = self.settings.edition.row().result_retry_pauses_secs;
        let pauses = if self.habits.report.repeats { pauses } else { &[] };
        let attempts = pauses.len() + 1;
        let mut made = 0;
        for pause in pauses.iter().copied().map(Some).chain([None]) {
            made += 1;
            let which = format!("for task {task_id} (attempt {made}/{attempts})");
            let is_final = match self.hub.report(task_id, body).await {
                Ok(reply) if reply.status == 200 => return,
                Ok(reply) => {
                    self.log.warning(format_args!(
                        "{} {} reporting result {which}",
                        phrase::POLL_STATUS,
                        reply.status
                    ));
                    FINAL.contains(&reply.status)
                }
                Err(error) => {
                    self.log.warning(format_args!("Error reporting result {which}: {error}"));
                    false
                }
            };
            self.vitals.note_step();
            if is_final && self.habits.report.heeds_final_refusal {
                break;
            }
            if let Some(secs) = pause {
                #[allow(clippy::cast_precision_loss)] // a few seconds
                sleep(self.settings.time_scale.secs(secs as f64)).await;
            }
        }
        let noun = if made == 1 { "attempt" } else { "attempts" };
        self.log.error(format_args!("{} {task_id} after {made} {noun}", phrase::REPORT_FAILED));
    }
}

/// Forbidden, unknown, not in progress: saying it again changes nothing.
const FINAL: [u16; 3] = [403, 404, 409];
