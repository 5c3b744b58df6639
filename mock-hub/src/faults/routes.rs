//! Where faults show: names of routes as captures and armed faults use them, and of moments
//! that are no request.

/// `POST /api/trust/heartbeat`.
pub const HEARTBEAT_ROUTE: &str = "heartbeat";
/// `GET /api/tasks/pending`.
pub const PENDING_ROUTE: &str = "pending";
/// `POST /api/tasks/{task_id}/result`.
pub const RESULT_ROUTE: &str = "result";
/// `POST /api/cohort/results`.
pub const COHORT_ROUTE: &str = "cohort_results";
/// `POST /api/model/{model_id}/metrics`.
pub const METRICS_ROUTE: &str = "metrics";
/// `POST /api/model/{model_id}/logs`.
pub const LOGS_ROUTE: &str = "logs";
/// `PUT /api/model/{model_id}/status/{status}`.
pub const STATUS_ROUTE: &str = "model_status";
/// `POST /api/admin/trusts`, and every other way to register.
pub const CREATE_ROUTE: &str = "admin_create_trust";
/// `GET /api/admin/trusts`.
pub const ADMIN_LIST_ROUTE: &str = "admin_list_trusts";
/// `GET /api/trust`.
pub const TRUST_LIST_ROUTE: &str = "trust_list";
/// `GET /api/trust/health`.
pub const TRUST_HEALTH_ROUTE: &str = "trust_health";
/// `GET /api/health`.
pub const HEALTH_ROUTE: &str = "health";
/// `PUT /api/trust/{trust_id}/model/{model_id}/status/{status}`.
pub const TRUST_MODEL_STATUS_ROUTE: &str = "trust_model_status";
/// `GET` and `POST /api/projects/{project_id}/cohort-snapshots`.
pub const COHORT_SNAPSHOTS_ROUTE: &str = "cohort_snapshots";
/// `GET /api/trust/{trust_id}/decisions`.
pub const DECISIONS_ROUTE: &str = "trust_decisions";
/// `GET /api/fl/quiesce`.
pub const QUIESCE_ROUTE: &str = "fl_quiesce";
/// API documents.
pub const DOCS_ROUTE: &str = "docs";
/// Anything else.
pub const UNKNOWN_ROUTE: &str = "unknown";

/// The recovery job.
pub const RECOVERY_MOMENT: &str = "recovery";
/// Deleting a trust.
pub const DELETE_MOMENT: &str = "delete_trust";
/// Making keys, recreating the database, starting.
pub const UPKEEP_MOMENT: &str = "upkeep";
/// An FL client joins.
pub const FL_JOIN_MOMENT: &str = "fl_join";
/// FL credentials are made.
pub const FL_KIT_MOMENT: &str = "fl_kit";
/// A project is approved.
pub const APPROVAL_MOMENT: &str = "approval";
/// Reading a query's aggregate.
pub const AGGREGATE_MOMENT: &str = "aggregate";

/// Every name a fault may be armed for.
pub const NAMES: &[&str] = &[
    HEARTBEAT_ROUTE,
    PENDING_ROUTE,
    RESULT_ROUTE,
    COHORT_ROUTE,
    METRICS_ROUTE,
    LOGS_ROUTE,
    STATUS_ROUTE,
    CREATE_ROUTE,
    ADMIN_LIST_ROUTE,
    TRUST_LIST_ROUTE,
    TRUST_HEALTH_ROUTE,
    HEALTH_ROUTE,
    TRUST_MODEL_STATUS_ROUTE,
    COHORT_SNAPSHOTS_ROUTE,
    DECISIONS_ROUTE,
    QUIESCE_ROUTE,
    DOCS_ROUTE,
    UNKNOWN_ROUTE,
    RECOVERY_MOMENT,
    DELETE_MOMENT,
    UPKEEP_MOMENT,
    FL_JOIN_MOMENT,
    FL_KIT_MOMENT,
    APPROVAL_MOMENT,
    AGGREGATE_MOMENT,
];

pub(super) const TRUST: &[&str] = &[HEARTBEAT_ROUTE, PENDING_ROUTE, RESULT_ROUTE, COHORT_ROUTE];
pub(super) const INGEST: &[&str] = &[METRICS_ROUTE, LOGS_ROUTE, STATUS_ROUTE];
pub(super) const CLIENTS: &[&str] = &[METRICS_ROUTE, LOGS_ROUTE];
pub(super) const USER: &[&str] = &[
    CREATE_ROUTE,
    ADMIN_LIST_ROUTE,
    TRUST_LIST_ROUTE,
    TRUST_HEALTH_ROUTE,
    TRUST_MODEL_STATUS_ROUTE,
];
pub(super) const GUARDED_BODIES: &[&str] = BODIES;
pub(super) const BODIES: &[&str] = &[
    HEARTBEAT_ROUTE,
    RESULT_ROUTE,
    COHORT_ROUTE,
    METRICS_ROUTE,
    LOGS_ROUTE,
    CREATE_ROUTE,
    TRUST_MODEL_STATUS_ROUTE,
];
pub(super) const BODIES_AND_STATUS: &[&str] = &[
    HEARTBEAT_ROUTE,
    RESULT_ROUTE,
    COHORT_ROUTE,
    METRICS_ROUTE,
    LOGS_ROUTE,
    STATUS_ROUTE,
    CREATE_ROUTE,
    TRUST_MODEL_STATUS_ROUTE,
];
pub(super) const IDENTIFYING: &[&str] = &[HEARTBEAT_ROUTE, PENDING_ROUTE, RESULT_ROUTE];
pub(super) const LIMITED: &[&str] = &[HEARTBEAT_ROUTE, PENDING_ROUTE];
pub(super) const LIMITED_REPORTS: &[&str] = TRUST;
pub(super) const HEARTBEAT: &[&str] = &[HEARTBEAT_ROUTE];
pub(super) const POLL: &[&str] = &[PENDING_ROUTE];
pub(super) const REPORT: &[&str] = &[RESULT_ROUTE];
pub(super) const COHORT: &[&str] = &[COHORT_ROUTE];
pub(super) const METRICS: &[&str] = &[METRICS_ROUTE];
pub(super) const LOGS: &[&str] = &[LOGS_ROUTE];
pub(super) const STATUS: &[&str] = &[STATUS_ROUTE];
pub(super) const REGISTER: &[&str] = &[CREATE_ROUTE];
pub(super) const REGISTER_AGAIN: &[&str] = &[CREATE_ROUTE, DELETE_MOMENT];
pub(super) const LISTS: &[&str] = &[TRUST_LIST_ROUTE, ADMIN_LIST_ROUTE, TRUST_HEALTH_ROUTE];
pub(super) const TRUST_HEALTH: &[&str] = &[TRUST_HEALTH_ROUTE];
pub(super) const SNAPSHOTS: &[&str] = &[COHORT_SNAPSHOTS_ROUTE];
pub(super) const DECISIONS: &[&str] = &[DECISIONS_ROUTE];
pub(super) const QUIESCE: &[&str] = &[QUIESCE_ROUTE];
pub(super) const APPROVAL: &[&str] = &[APPROVAL_MOMENT];
pub(super) const HEALTH: &[&str] = &[HEALTH_ROUTE];
pub(super) const DOCS: &[&str] = &[DOCS_ROUTE];
pub(super) const RECOVERY: &[&str] = &[RECOVERY_MOMENT];
pub(super) const DELETE: &[&str] = &[DELETE_MOMENT];
pub(super) const KEYS: &[&str] = &[UPKEEP_MOMENT];
pub(super) const RESET: &[&str] = &[UPKEEP_MOMENT];
pub(super) const FL_JOIN: &[&str] = &[FL_JOIN_MOMENT];
pub(super) const FL_KIT: &[&str] = &[FL_KIT_MOMENT];
pub(super) const START: &[&str] = &[UPKEEP_MOMENT];
pub(super) const AGGREGATE: &[&str] = &[AGGREGATE_MOMENT];
pub(super) const API: &[&str] = NAMES;
