//! Who may call what.

use super::Duty;

/// Habits of the three mechanisms: trust key, hub-internal key, user token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthHabits {
    /// A missing or empty key header has a text of its own.
    pub missing_key_text: Duty,
    /// A 401 on trust routes names its scheme in `WWW-Authenticate`.
    pub name_scheme: Duty,
    /// A deleted key reads like one that never was.
    pub one_text_for_unknown: Duty,
    /// The whole header value is the key; `Bearer ` in front makes it another one.
    pub refuse_bearer: Duty,
    /// The key is read under the configured header name only.
    pub configured_header_only: Duty,
    /// Authentication comes before the body is parsed.
    pub key_before_body: Duty,
    /// Which foreign routes a mechanism opens.
    pub reach: KeyReach,
    /// The name in a path must be the key's trust (editions with named paths).
    pub match_path_name: Duty,
    /// What a trust decides on is told to its own admin, not to those of the hub.
    pub trust_admin_only: Duty,
    /// Registration needs the admin right.
    pub check_admin_right: Duty,
    /// An expired, foreign or garbled token is refused.
    pub check_token: Duty,
    /// The hub-internal key is compared with the one held.
    pub check_internal_key: Duty,
    /// A rotated hub-internal key is refused.
    pub one_internal_key: Duty,
    /// A rotated hub-internal key opens FL ingest from the next request on.
    pub admit_new_internal_key: Duty,
    /// The hub-internal key is made anew only when forced.
    pub keep_internal_key: Duty,
}

/// Which routes besides its own a mechanism opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyReach {
    /// None.
    OwnRoutes,
    /// The hub-internal key passes for the first trust on trust routes.
    InternalKeyOnTrustRoutes,
    /// Any trust key passes on FL ingest.
    TrustKeyOnIngest,
    /// Any trust key passes for an admin's token.
    TrustKeyOnUserRoutes,
}

impl AuthHabits {
    pub(super) const IDEAL: Self = Self {
        missing_key_text: Duty::Kept,
        name_scheme: Duty::Kept,
        one_text_for_unknown: Duty::Kept,
        refuse_bearer: Duty::Kept,
        configured_header_only: Duty::Kept,
        key_before_body: Duty::Kept,
        reach: KeyReach::OwnRoutes,
        match_path_name: Duty::Kept,
        trust_admin_only: Duty::Kept,
        check_admin_right: Duty::Kept,
        check_token: Duty::Kept,
        check_internal_key: Duty::Kept,
        one_internal_key: Duty::Kept,
        admit_new_internal_key: Duty::Kept,
        keep_internal_key: Duty::Kept,
    };
}
