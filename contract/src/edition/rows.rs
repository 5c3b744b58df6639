//! The rows. Each later one starts from an earlier one and names only what changed.

use super::tables::{LIVE_REGISTRY, REGISTRY_IN_ENVIRONMENT, SNAPSHOTS_AND_EVENTS};
use super::{
    CohortFloor, DataDirectories, DecidedBy, DeleteImaging, Edition, EditionId, Evidence,
    FailureResult, HeartbeatBody, KitName, LogBody, MetricBody, MetricBounds, OmopPassword,
    PendingReply, RateBucket, Registry, RowLevel, Schema, SmallCohort, TaskType, TrustHealth,
    TrustList, TrustPaths, UpgradeOrder,
};
use crate::envelope::Cipher;

/// Every edition, oldest first, in the order of [`EditionId`].
pub static EDITIONS: [Edition; 6] = [V2026_03, V2026_06, V2026_07, TRUST_KEYS, V2026_09, V2026_11];

const V2026_03: Edition = Edition {
    id: EditionId::V2026_03,
    continues: None,
    registry: Registry::Environment,
    admin_list_served: false,
    slot_pool_reread: false,
    paths: TrustPaths::Named,
    identity: false,
    pending_reply: PendingReply::BareList,
    expected_trust_id: false,
    cipher: Cipher::Cbc,
    reads_legacy_cbc: false,
    trust_payload_keys: false,
    heartbeat_body: HeartbeatBody::None,
    heartbeat_reports_hub: false,
    metric_body: MetricBody::TrustName,
    log_body: LogBody::TrustName,
    status_words: &[
        "ERROR",
        "STOPPED",
        "PENDING",
        "INITIATED",
        "PREPARED",
        "TRAINING_STARTED",
        "RESULTS_UPLOADED",
    ],
    status_aliases: &[],
    waiting_event_without_round: false,
    ingest_key_headers: &["X-Internal-Service-Key"],
    hub_task_types: HUB_TASK_TYPES,
    trust_task_types: HUB_TASK_TYPES,
    failure_result: FailureResult::Error,
    result_retry_pauses_secs: &[2, 4],
    logs_rejected_heartbeat: false,
    new_user_member: "encrypted_password",
    delete_imaging: DeleteImaging::QueryParameter,
    schema: Schema::CreateMissingTables,
    tables: REGISTRY_IN_ENVIRONMENT,
    small_cohort: SmallCohort::Refused,
    rate_bucket: RateBucket::PathName,
    security_headers: false,
    content_type_on_204: true,
    task_state_prefix: "TaskStatus.",
    cancels_tasks: false,
    cohort_outcome: false,
    metric_bounds: MetricBounds::Unchecked,
    reads_results: true,
    trust_list: TrustList::Names,
    evidence: Evidence::Observed,
    hub_health_version: false,
    trust_health: TrustHealth::Status,
    cohort_admin_proof: false,
    // Its block held two keys more, whose names are not known.
    hub_shared_extra: &[],
    kit_named_by: KitName::Slot,
    restart_policy: None,
    fl_client_in_snapshot: false,
    cohort_floor: CohortFloor::Rows,
    row_level: RowLevel::CallersQuery,
    quiesce_served: false,
    decided_by: DecidedBy::HubAdmin,
    nvflare_kit_signed: true,
    data_directories: DataDirectories::Demanded,
    omop_password: OmopPassword::PercentEncoded,
    upgrade_order: UpgradeOrder::OneWindow,
};

const V2026_06: Edition = Edition {
    id: EditionId::V2026_06,
    registry: Registry::Database,
    admin_list_served: true,
    paths: TrustPaths::Plain,
    identity: true,
    pending_reply: PendingReply::Object,
    expected_trust_id: true,
    metric_body: MetricBody::ClientName,
    log_body: LogBody::ClientName,
    tables: LIVE_REGISTRY,
    status_words: &[
        "ERROR",
        "STOPPED",
        "PENDING",
        "INITIATED",
        "PREPARED",
        "TRAINING_STARTED",
        "RESULTS_UPLOADED",
        "RESULTS_UPLOAD_FAILED",
    ],
    logs_rejected_heartbeat: true,
    rate_bucket: RateBucket::PeerAddress,
    security_headers: true,
    content_type_on_204: false,
    task_state_prefix: "",
    cancels_tasks: true,
    cohort_outcome: true,
    metric_bounds: MetricBounds::Checked,
    reads_results: false,
    trust_list: TrustList::Heartbeats,
    evidence: Evidence::Read,
    kit_named_by: KitName::Code,
    ..V2026_03
};

const V2026_07: Edition = Edition {
    id: EditionId::V2026_07,
    admin_list_served: false,
    heartbeat_body: HeartbeatBody::Snapshot,
    metric_body: MetricBody::ClientNameWithAxis,
    log_body: LogBody::Typed,
    status_words: RUNNING_WORDS,
    status_aliases: &[("TRAINING_STARTED", "RUNNING")],
    schema: Schema::Migrations,
    tables: SNAPSHOTS_AND_EVENTS,
    small_cohort: SmallCohort::Suppressed,
    rate_bucket: RateBucket::KeyHash,
    trust_health: TrustHealth::Version,
    nvflare_kit_signed: false,
    ..V2026_06
};

const TRUST_KEYS: Edition = Edition {
    id: EditionId::TrustKeys,
    cipher: Cipher::GcmKid,
    reads_legacy_cbc: true,
    trust_payload_keys: true,
    failure_result: FailureResult::ErrorButNullOnAuthentication,
    hub_shared_extra: &["TRUST_AES_KID", "TRUST_AES_KEY_BASE64"],
    ..V2026_07
};

const V2026_09: Edition = Edition {
    id: EditionId::V2026_09,
    slot_pool_reread: true,
    evidence: Evidence::Observed,
    cipher: Cipher::GcmContext,
    heartbeat_body: HeartbeatBody::SnapshotThenBodyless,
    heartbeat_reports_hub: true,
    log_body: LogBody::TypedWithCaps,
    trust_task_types: &TaskType::ALL,
    failure_result: FailureResult::ErrorWithStatus,
    new_user_member: "encrypted_setup_path",
    delete_imaging: DeleteImaging::PathParameter,
    hub_health_version: true,
    trust_health: TrustHealth::HubKey,
    cohort_admin_proof: true,
    restart_policy: Some("unless-stopped"),
    fl_client_in_snapshot: true,
    cohort_floor: CohortFloor::Persons,
    quiesce_served: true,
    data_directories: DataDirectories::Advised,
    upgrade_order: UpgradeOrder::HubFirst,
    ..V2026_07
};

/// Read in public source and release texts; nobody has run it. The cohort freeze, the waiting event
/// and the requests for GPUs stand above the newest release that is named, v0.12.
const V2026_11: Edition = Edition {
    id: EditionId::V2026_11,
    evidence: Evidence::Read,
    continues: Some(EditionId::V2026_09),
    waiting_event_without_round: true,
    hub_task_types: &TaskType::ALL,
    row_level: RowLevel::FrozenMembership,
    decided_by: DecidedBy::TrustAdmin,
    omop_password: OmopPassword::Raw,
    ..V2026_09
};

const RUNNING_WORDS: &[&str] = &[
    "ERROR",
    "STOPPED",
    "PENDING",
    "INITIATED",
    "PREPARED",
    "RUNNING",
    "RESULTS_UPLOADED",
    "RESULTS_UPLOAD_FAILED",
];

const HUB_TASK_TYPES: &[TaskType] = &[
    TaskType::CohortQuery,
    TaskType::CreateImaging,
    TaskType::DeleteImaging,
    TaskType::GetImagingStatus,
    TaskType::ReimportStudies,
    TaskType::UpdateUserProfile,
];
