//! Which route a method and path name, in the edition's own words.

use std::borrow::Cow;

use axum::http::Method;
use contract::edition::{DecidedBy, Edition, HeartbeatBody, Registry, TrustPaths};

use crate::faults::routes;
use crate::store::{Statement, statement};

/// A route with the texts of its path parameters, percent-decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// A trust says it is alive; `name` in editions with named paths.
    Heartbeat {
        /// The trust named in the path.
        name: Option<String>,
    },
    /// A trust asks for work.
    Pending {
        /// The trust named in the path.
        name: Option<String>,
    },
    /// A trust reports a task.
    Result {
        /// The trust named in the path.
        name: Option<String>,
        /// The task id as text.
        task: String,
    },
    /// A trust reports counts.
    CohortResults,
    /// The FL server sends a metric.
    Metrics {
        /// The model id as text.
        model: String,
    },
    /// The FL server sends a log line or event.
    Logs {
        /// The model id as text.
        model: String,
    },
    /// The FL server sets a model's status.
    ModelStatus {
        /// The model id as text.
        model: String,
        /// The status word.
        status: String,
    },
    /// An admin registers a trust.
    CreateTrust,
    /// An admin lists trusts.
    AdminTrusts,
    /// A user lists trusts.
    TrustList,
    /// The list of who is online.
    TrustHealth,
    /// A user sets a trust's status on a model.
    TrustModelStatus {
        /// The trust id as text.
        trust: String,
        /// The model id as text.
        model: String,
        /// The status word.
        status: String,
    },
    /// How far the trusts of a project are with freezing its cohort; `again` queues what failed.
    CohortSnapshots {
        /// The project id as text.
        project: String,
        /// Whether it is asked for again.
        again: bool,
    },
    /// What the admin of a trust decides on.
    Decisions {
        /// The trust id as text.
        trust: String,
    },
    /// Whether trainings run.
    Quiesce,
    /// A user reads a model's metrics.
    ReadMetrics {
        /// The model id as text.
        model: String,
    },
    /// A user reads the counts of a cohort query.
    ReadCounts {
        /// The query id as text.
        query: String,
    },
    /// Health of the hub.
    Health,
    /// The bare base path.
    Root,
    /// An API document: `docs`, `redoc` or `openapi.json`.
    Docs(&'static str),
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Route(Route),
    /// The path exists, for these methods only.
    OtherMethod(&'static str),
    /// This path exists; the one asked for has slashes behind it.
    Slashed(String),
    Nothing,
}

impl Route {
    /// The short name in captures and armed faults.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Heartbeat { .. } => routes::HEARTBEAT_ROUTE,
            Self::Pending { .. } => routes::PENDING_ROUTE,
            Self::Result { .. } => routes::RESULT_ROUTE,
            Self::CohortResults | Self::ReadCounts { .. } => routes::COHORT_ROUTE,
            Self::Metrics { .. } | Self::ReadMetrics { .. } => routes::METRICS_ROUTE,
            Self::Logs { .. } => routes::LOGS_ROUTE,
            Self::ModelStatus { .. } => routes::STATUS_ROUTE,
            Self::CreateTrust => routes::CREATE_ROUTE,
            Self::AdminTrusts => routes::ADMIN_LIST_ROUTE,
            Self::TrustList => routes::TRUST_LIST_ROUTE,
            Self::TrustHealth => routes::TRUST_HEALTH_ROUTE,
            Self::TrustModelStatus { .. } => routes::TRUST_MODEL_STATUS_ROUTE,
            Self::CohortSnapshots { .. } => routes::COHORT_SNAPSHOTS_ROUTE,
            Self::Decisions { .. } => routes::DECISIONS_ROUTE,
            Self::Quiesce => routes::QUIESCE_ROUTE,
            Self::Health | Self::Root => routes::HEALTH_ROUTE,
            Self::Docs(_) => routes::DOCS_ROUTE,
        }
    }

    /// Whether the route reads a JSON body in this edition.
    pub(super) fn reads_body(&self, edition: &Edition) -> bool {
        match self {
            Self::Heartbeat { .. } => edition.heartbeat_body != HeartbeatBody::None,
            Self::Result { .. }
            | Self::CohortResults
            | Self::Metrics { .. }
            | Self::Logs { .. }
            | Self::CreateTrust
            | Self::TrustModelStatus { .. } => true,
            _ => false,
        }
    }

    /// The statements it runs on the hub's tables, as far as they are the same for every request.
    pub(super) fn statements(&self) -> &'static [Statement] {
        match self {
            Self::Heartbeat { .. }
            | Self::TrustList
            | Self::AdminTrusts
            | Self::TrustHealth
            | Self::Decisions { .. } => statement::TRUST_ROWS,
            Self::Pending { .. } | Self::Result { .. } | Self::CohortSnapshots { .. } => {
                statement::TASK_ROWS
            }
            Self::CohortResults | Self::ReadCounts { .. } => statement::COUNT_ROWS,
            Self::Metrics { .. } | Self::ReadMetrics { .. } => statement::METRIC_ROWS,
            Self::Logs { .. } => statement::LOG_ROWS,
            Self::ModelStatus { .. } | Self::Quiesce => statement::MODEL_ROWS,
            Self::CreateTrust => statement::REGISTRY_ROWS,
            Self::TrustModelStatus { .. } => statement::LINK_ROWS,
            Self::Health | Self::Root | Self::Docs(_) => &[],
        }
    }

    pub(super) fn find(method: &Method, path: &str, edition: &Edition) -> Found {
        // The calls a trust makes all day need no decoding.
        if edition.paths == TrustPaths::Plain {
            match (method.as_str(), path) {
                ("GET", "/api/tasks/pending") => {
                    return Found::Route(Self::Pending { name: None });
                }
                ("POST", "/api/trust/heartbeat") => {
                    return Found::Route(Self::Heartbeat { name: None });
                }
                _ => {}
            }
        }
        let path = decoded(path);
        let bare = path.trim_end_matches('/');
        if bare.len() == path.len() {
            return Self::at(method, &path, edition);
        }
        match Self::at(method, bare, edition) {
            Found::Nothing => Found::Nothing,
            _ => Found::Slashed(bare.to_owned()),
        }
    }

    /// What a decoded path leads to that ends in no slash.
    fn at(method: &Method, path: &str, edition: &Edition) -> Found {
        let Some(rest) = path.strip_prefix("/api") else { return Found::Nothing };
        if rest.is_empty() {
            return method_guard(method, "GET", Self::Root);
        }
        let Some(rest) = rest.strip_prefix('/') else { return Found::Nothing };
        let segments: Vec<&str> = rest.split('/').collect();
        if segments.iter().any(|segment| segment.is_empty()) {
            return Found::Nothing;
        }
        let trust_route = match edition.paths {
            TrustPaths::Plain => plain(&segments),
            TrustPaths::Named => named(&segments),
        };
        let candidate = trust_route
            .or_else(|| read_back(method, &segments, edition))
            .or_else(|| common(&segments))
            .or_else(|| newer(method, &segments, edition))
            .or_else(|| admin(method, &segments, edition));
        let Some((allowed, route)) = candidate else { return Found::Nothing };
        method_guard(method, allowed, route)
    }
}

fn method_guard(method: &Method, allowed: &'static str, route: Route) -> Found {
    let fits = allowed.split(", ").any(|allowed| method.as_str() == allowed);
    if fits { Found::Route(route) } else { Found::OtherMethod(allowed) }
}

type Candidate = Option<(&'static str, Route)>;

fn plain(segments: &[&str]) -> Candidate {
    Some(match *segments {
        ["trust", "heartbeat"] => ("POST", Route::Heartbeat { name: None }),
        ["tasks", "pending"] => ("GET", Route::Pending { name: None }),
        ["tasks", task, "result"] => ("POST", Route::Result { name: None, task: task.into() }),
        _ => return None,
    })
}

fn named(segments: &[&str]) -> Candidate {
    Some(match *segments {
        ["trust", name, "heartbeat"] => ("POST", Route::Heartbeat { name: Some(name.into()) }),
        ["tasks", name, "pending"] => ("GET", Route::Pending { name: Some(name.into()) }),
        ["tasks", name, task, "result"] => {
            ("POST", Route::Result { name: Some(name.into()), task: task.into() })
        }
        _ => return None,
    })
}

fn common(segments: &[&str]) -> Candidate {
    Some(match *segments {
        ["cohort", "results"] => ("POST", Route::CohortResults),
        ["model", model, "metrics"] => ("POST", Route::Metrics { model: model.into() }),
        ["model", model, "logs"] => ("POST", Route::Logs { model: model.into() }),
        ["model", model, "status", status] => {
            ("PUT", Route::ModelStatus { model: model.into(), status: status.into() })
        }
        ["trust"] => ("GET", Route::TrustList),
        ["trust", "health"] => ("GET", Route::TrustHealth),
        ["trust", trust, "model", model, "status", status] => {
            let (trust, model, status) = (trust.into(), model.into(), status.into());
            ("PUT", Route::TrustModelStatus { trust, model, status })
        }
        ["health"] => ("GET", Route::Health),
        ["docs"] => (DOCS_METHODS, Route::Docs("docs")),
        ["redoc"] => (DOCS_METHODS, Route::Docs("redoc")),
        ["openapi.json"] => (DOCS_METHODS, Route::Docs("openapi.json")),
        _ => return None,
    })
}

/// Routes of users that not every edition has.
fn newer(method: &Method, segments: &[&str], edition: &Edition) -> Candidate {
    Some(match *segments {
        ["fl", "quiesce"] if edition.quiesce_served => ("GET", Route::Quiesce),
        ["trust", trust, "decisions"] if edition.decided_by == DecidedBy::TrustAdmin => {
            ("GET", Route::Decisions { trust: trust.into() })
        }
        ["projects", project, "cohort-snapshots"] if edition.freezes_cohorts() => {
            let again = method == Method::POST;
            ("GET, POST", Route::CohortSnapshots { project: project.into(), again })
        }
        _ => return None,
    })
}

/// What users read back of results, at the paths where these are posted.
fn read_back(method: &Method, segments: &[&str], edition: &Edition) -> Candidate {
    if !edition.reads_results || method != Method::GET {
        return None;
    }
    Some(match *segments {
        ["model", model, "metrics"] => ("GET", Route::ReadMetrics { model: model.into() }),
        ["cohort", query] => ("GET", Route::ReadCounts { query: query.into() }),
        _ => return None,
    })
}

/// The documents are the only paths that can be asked for their head.
const DOCS_METHODS: &str = "HEAD, GET";

fn admin(method: &Method, segments: &[&str], edition: &Edition) -> Candidate {
    if segments != ["admin", "trusts"] || edition.registry != Registry::Database {
        return None;
    }
    if edition.admin_list_served && method == Method::GET {
        return Some(("GET", Route::AdminTrusts));
    }
    Some(("POST", Route::CreateTrust))
}

/// A path without its percent signs, an escaped slash being a slash; what is no UTF-8 becomes
/// replacement characters.
fn decoded(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let bytes = path.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let two = path.get(at + 1..at + 3).filter(|two| !two.starts_with('+'));
        let hex = two.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                at += 3;
            }
            (byte, _) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&plain).into_owned())
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;

    fn find(method: &str, path: &str, edition: EditionId) -> Found {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Route::find(&method, path, edition.row())
    }

    #[test]
    fn trust_paths_are_those_of_the_edition() {
        let newest = EditionId::DEFAULT;
        let pending = Found::Route(Route::Pending { name: None });
        assert_eq!(find("GET", "/api/tasks/pending", newest), pending);
        assert_eq!(find("GET", "/api/tasks/Alpha%20Hospital/pending", newest), Found::Nothing);
        let named = Found::Route(Route::Pending { name: Some("Alpha Hospital".into()) });
        assert_eq!(find("GET", "/api/tasks/Alpha%20Hospital/pending", EditionId::V2026_03), named);
        assert_eq!(find("GET", "/api/tasks/pending", EditionId::V2026_03), Found::Nothing);
    }

    #[test]
    fn results_are_read_back_at_their_paths_in_editions_that_have_it() {
        let oldest = EditionId::V2026_03;
        let metrics = Found::Route(Route::ReadMetrics { model: "m".into() });
        assert_eq!(find("GET", "/api/model/m/metrics", oldest), metrics);
        let counts = Found::Route(Route::ReadCounts { query: "results".into() });
        assert_eq!(find("GET", "/api/cohort/results", oldest), counts);
        assert_eq!(find("PUT", "/api/cohort/results", oldest), Found::OtherMethod("POST"));
        for path in ["/api/model/m/metrics", "/api/cohort/results"] {
            assert_eq!(find("GET", path, EditionId::DEFAULT), Found::OtherMethod("POST"));
        }
    }

    #[test]
    fn a_known_path_with_another_method_names_the_right_one() {
        let newest = EditionId::DEFAULT;
        assert_eq!(find("POST", "/api/tasks/pending", newest), Found::OtherMethod("GET"));
        assert_eq!(find("GET", "/api/admin/trusts", newest), Found::OtherMethod("POST"));
        let listed = find("GET", "/api/admin/trusts", EditionId::V2026_06);
        assert_eq!(listed, Found::Route(Route::AdminTrusts));
        assert_eq!(find("POST", "/api/admin/trusts", EditionId::V2026_03), Found::Nothing);
        for path in ["/", "/apix", "/api//model/x/logs", "/api/tasks//result", "/api/nope/"] {
            assert_eq!(find("GET", path, newest), Found::Nothing, "{path}");
        }
    }

    #[test]
    fn slashes_behind_a_path_lead_to_the_path_and_escaped_ones_are_slashes() {
        let newest = EditionId::DEFAULT;
        let slashed = |path: &str| Found::Slashed(path.to_owned());
        for (method, path, bare) in [
            ("GET", "/api/", "/api"),
            ("GET", "/api/health/", "/api/health"),
            ("GET", "/api/health%2F", "/api/health"),
            ("GET", "/api/tasks/pending//", "/api/tasks/pending"),
            ("DELETE", "/api/trust/heartbeat/", "/api/trust/heartbeat"),
        ] {
            assert_eq!(find(method, path, newest), slashed(bare), "{path}");
        }
        assert_eq!(find("GET", "/api%2Fhealth", newest), Found::Route(Route::Health));
        assert_eq!(find("POST", "/api/tasks/a%2Fb/result", newest), Found::Nothing);
    }
}
