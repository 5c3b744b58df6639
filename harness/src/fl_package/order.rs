//! What to train, as the matrix orders it.

use std::time::Duration;

use contract::fl_line::FlLine;
use contract::key::Secret;

/// A training, in the words of the hub stand-in's `POST /control/training`.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "an order's independent switches")]
pub struct TrainingOrder {
    /// Model to train, a UUID: the package refuses anything else.
    pub model_id: String,
    /// Rounds, from 1.
    pub rounds: u32,
    /// Names of the FL clients; an empty one stands for a reply that names no site.
    pub clients: Vec<String>,
    /// Curves each client reports in each round.
    pub labels: Vec<String>,
    /// The client whose training code raises in round 1.
    pub crash: Option<Crash>,
    /// The job waits for resources and never starts.
    pub waiting: bool,
    /// The job evaluates a model: no rounds, one set of metrics at the end.
    pub evaluation: bool,
    /// The upload of the results fails.
    pub upload_fails: bool,
    /// What the training code of the clients gives besides label and value.
    pub given: Option<Given>,
    /// Line of the clients; `None` = that of the package.
    pub trust_line: Option<&'static FlLine>,
    /// The clients run one of the oldest releases of their line.
    pub at_first: bool,
    /// Base URL of the hub's ingest, as configured: a trailing slash is kept.
    pub base_url: String,
    /// Hub-internal key; `None` leaves the variable unset.
    pub key: Option<Secret>,
    /// Its header; `None` leaves the release's own.
    pub key_header: Option<String>,
    /// Factor on the release's time limits and pauses.
    pub time_scale: f64,
    /// A run that is not over then is reported as `BLOCKED`.
    pub deadline: Duration,
}

impl TrainingOrder {
    /// Two rounds of one curve with two clients and nothing special.
    pub fn new(model_id: impl Into<String>, base_url: impl Into<String>) -> Self {
        Self {
            model_id: model_id.into(),
            rounds: 2,
            clients: vec!["Trust_1".to_owned(), "Trust_2".to_owned()],
            labels: vec!["TRAIN_LOSS".to_owned()],
            crash: None,
            waiting: false,
            evaluation: false,
            upload_fails: false,
            given: None,
            trust_line: None,
            at_first: false,
            base_url: base_url.into(),
            key: None,
            key_header: None,
            time_scale: 1.0,
            deadline: Duration::from_mins(1),
        }
    }
}

/// A client whose training code raises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// Which client.
    pub client: String,
    /// Whether its reply still says who it is.
    pub attributed: bool,
}

/// What training code gives besides label and value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// Round.
    pub round: Option<i64>,
    /// Place on an axis of its own.
    pub x_value: Option<f64>,
    /// Name of that axis.
    pub x_label: Option<String>,
    /// The value is no number.
    pub not_a_number: bool,
}
