//! What an FL client is started with: its container's environment, and its habits.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use contract::edition::EditionId;
use contract::fl_line::{FlLineId, InBandSent};
use contract::key::Secret;
use contract::wire::SITE_KEY_HEADER;

use crate::habits::{FlClientHabits, Habits};
use crate::log::Level;
use crate::time_scale::TimeScale;

/// Everything the FL client is told. No hub key is among it, and no hub address but in a client that
/// is meant to misbehave (FL-CLIENT-02).
#[derive(Clone)]
pub struct FlClientOptions {
    /// FL endpoint as `host:port`, the only destination outside the site.
    pub endpoint: String,
    /// Source address to connect from; `None` = the system's choice.
    pub bind: Option<IpAddr>,
    /// FL identity: the slot of the kit.
    pub slot: String,
    /// `startup` folder of its FL kit, read when it starts; `None`: it joins in plain text, as a
    /// server that asks for no certificate lets it.
    pub startup_dir: Option<PathBuf>,
    /// Line of the library in the client's image.
    pub line: FlLineId,
    /// One of the oldest releases of the line, where they differ.
    pub at_first: bool,
    /// Base URL of data-access-api.
    pub data_access_url: String,
    /// Base URL of imaging-api.
    pub imaging_url: String,
    /// Key between the site's services.
    pub site_key: Secret,
    /// Header for it.
    pub site_key_header: String,
    /// Network name in image paths, `NET_ID`.
    pub net_id: String,
    /// Sealed project id for jobs that bring none. Without either, the job trains on data of its own
    /// and no site service is called.
    pub encrypted_project_id: Option<String>,
    /// SQL for jobs that bring none.
    pub query: String,
    /// Longest wait for a site service, seconds (FL-CLIENT-01); `None` = for ever, as every released
    /// line.
    pub site_limit_secs: Option<f64>,
    /// Factor on every pause and limit.
    pub time_scale: TimeScale,
    /// What it does by habit.
    pub habits: FlClientHabits,
    /// Hub to which a client that does not stay away from it posts its metrics.
    pub forbidden_hub_url: Option<String>,
    /// Where its log goes, a line at a time.
    pub log: LogSink,
}

/// Takes a level and one line of log.
pub type LogSink = Arc<dyn Fn(Level, &str) + Send + Sync>;

impl FlClientOptions {
    /// Options of an honest client of the newest line that logs nowhere.
    pub fn new(endpoint: impl Into<String>, slot: impl Into<String>, site_key: Secret) -> Self {
        Self {
            endpoint: endpoint.into(),
            bind: None,
            slot: slot.into(),
            startup_dir: None,
            line: FlLineId::DEFAULT,
            at_first: false,
            data_access_url: "http://data-access-api:8000".to_owned(),
            imaging_url: "http://imaging-api:8000".to_owned(),
            site_key,
            site_key_header: SITE_KEY_HEADER.to_owned(),
            net_id: "net-1".to_owned(),
            encrypted_project_id: None,
            query: QUERY_DEFAULT.to_owned(),
            site_limit_secs: Some(SITE_CALL_SECS),
            time_scale: TimeScale::REAL,
            habits: Habits::ideal(EditionId::DEFAULT.row()).fl_client,
            forbidden_hub_url: None,
            log: Arc::new(|_, _| {}),
        }
    }

    /// What the trust half of this client's library puts into an in-band metric.
    pub(super) fn in_band(&self) -> InBandSent {
        let row = self.line.row();
        row.in_band_sent_at_first.filter(|_| self.at_first).unwrap_or(row.in_band_sent)
    }

    pub(super) fn info(&self, line: &str) {
        (self.log)(Level::Info, line);
    }
}

/// Longest wait for a site service, seconds, in the ideal conduct.
pub const SITE_CALL_SECS: f64 = 30.0;
/// Pause between two attempts to join the endpoint, seconds (network contract section 2).
pub const RETRY_PAUSE_SECS: f64 = 10.0;
/// Longest wait for a connection and for the endpoint's welcome, seconds.
pub const JOIN_SECS: f64 = 10.0;

const QUERY_DEFAULT: &str = "SELECT p.person_id, p.year_of_birth, r.accession_id FROM omop.person p \
     JOIN omop.radiology_occurrence r ON r.person_id = p.person_id";
