//! One job: fetch the data, train round by round, report in band.

use contract::fl_line::FL_USER_AGENT;
use serde_json::{Value, json};

use super::options::FlClientOptions;
use super::protocol::{FromClient, InBandMetric, Job};
use super::site_calls::{SiteCallError, SiteCalls};
use crate::log::Level;
use crate::site::{LoopbackError, plain_client};

/// A job this client has begun and not finished.
pub(super) struct Training<'o> {
    options: &'o FlClientOptions,
    job: Job,
    has_data: bool,
}

/// What the training code raises. The text travels to the hub: never a body, never a key.
#[derive(Debug, thiserror::Error)]
enum Raised {
    #[error(transparent)]
    Site(#[from] SiteCallError),
    #[error("RuntimeError: no HTTP client")]
    Client(#[from] LoopbackError),
    #[error("ValueError: boom")]
    Told,
}

impl<'o> Training<'o> {
    pub(super) fn new(options: &'o FlClientOptions, job: Job) -> Self {
        options.info(&format!("Job {} for model {} received", job.job_id, job.model_id));
        Self { options, job, has_data: false }
    }

    pub(super) fn is(&self, job_id: &str) -> bool {
        self.job.job_id == job_id
    }

    /// Trains one round: its lines for the server, and whether the job goes on.
    pub(super) async fn round(&mut self, round: i64) -> (Vec<FromClient>, bool) {
        let job_id = self.job.job_id.clone();
        let mut lines = Vec::new();
        let raised = self.train(round, &mut lines).await;
        let goes_on = raised.is_ok();
        lines.push(match raised {
            Ok(()) => FromClient::Result { job_id, round, size_bytes: UPDATE_BYTES },
            Err(raised) => {
                let line = format!("Training of model {} failed: {raised}", self.job.model_id);
                (self.options.log)(Level::Error, &line);
                FromClient::Crash { job_id, log: raised.to_string() }
            }
        });
        (lines, goes_on)
    }

    async fn train(&mut self, round: i64, lines: &mut Vec<FromClient>) -> Result<(), Raised> {
        if !self.has_data {
            self.fetch().await?;
            self.has_data = true;
        }
        if self.job.crash_in_round == Some(round) {
            return Err(Raised::Told);
        }
        let metrics = if self.job.own_axis {
            self.job.own_metrics_of(round, &self.options.slot)
        } else {
            self.job.metrics_of(round)
        };
        for metric in metrics {
            let metric = metric.sent(self.options.in_band());
            self.post_to_hub(round, &metric).await;
            lines.push(FromClient::Metric { job_id: self.job.job_id.clone(), metric });
        }
        Ok(())
    }

    /// The dataframe and one image, when the job or the client names a project.
    async fn fetch(&self) -> Result<(), Raised> {
        let own = self.options.encrypted_project_id.as_deref();
        let Some(project) = self.job.encrypted_project_id.as_deref().or(own) else {
            self.options.info("No project named by the job; training on synthetic data");
            return Ok(());
        };
        let query = self.job.query.as_deref().unwrap_or(&self.options.query);
        let site = SiteCalls::new(self.options)?;
        let columns = site.dataframe(project, query).await?;
        self.log_dataframe(&columns);
        if let Some(accession_id) = first_accession(&columns) {
            site.images(project, accession_id).await?;
            self.options.info("Fetched the images of 1 study");
        }
        Ok(())
    }

    /// Sizes only (FL-CLIENT-03); every released line writes the whole reply.
    fn log_dataframe(&self, columns: &Value) {
        if !self.options.habits.hides_cohort_rows {
            self.options.info(&format!("Dataframe received: {columns}"));
            return;
        }
        let names = columns.as_object().map_or(0, serde_json::Map::len);
        let first = columns.as_object().and_then(|all| all.values().next());
        let rows = first.and_then(Value::as_array).map_or(0, Vec::len);
        self.options.info(&format!("Dataframe received: {names} columns, {rows} rows"));
    }

    /// The misbehaviour of a client that reports to the hub itself. The answer is not read.
    async fn post_to_hub(&self, round: i64, metric: &InBandMetric) {
        if self.options.habits.stays_away_from_hub {
            return;
        }
        let Some(hub) = &self.options.forbidden_hub_url else { return };
        let url = format!("{hub}/model/{}/metrics", self.job.model_id);
        let body = json!({"fl_client_name": self.options.slot, "global_round": round,
            "label": metric.label, "result": metric.value});
        if let Ok(http) = plain_client() {
            let limit = self.options.time_scale.secs(HUB_POST_SECS);
            let post = http.post(url).header("User-Agent", FL_USER_AGENT).json(&body);
            let _ = post.timeout(limit).send().await;
        }
    }
}

fn first_accession(columns: &Value) -> Option<&str> {
    columns.get("accession_id")?.as_array()?.iter().find_map(Value::as_str)
}

/// Size of the made-up model update.
const UPDATE_BYTES: u64 = 1234;
const HUB_POST_SECS: f64 = 30.0;
