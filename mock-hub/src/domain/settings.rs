//! What an operator of the hub configures, and may change while it runs.

use std::collections::BTreeMap;

use contract::wire::TRUST_KEY_HEADER;
use serde::{Deserialize, Serialize};

/// Settings of the running hub.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "switches an operator sets one by one")]
pub struct Settings {
    /// Release tag shown in `/api/health` and heartbeat replies; absent: null.
    pub hub_version: Option<String>,
    /// Name of the header for trust keys, in any letter case.
    pub trust_api_key_header: String,
    /// Header for the hub-internal key, in any letter case; absent: the edition's.
    pub internal_key_header: Option<String>,
    /// The Hub-shared block of a kit. AES_KEY_BASE64 and TRUST_API_KEY_HEADER are filled in from
    /// the keys and settings of the moment.
    pub hub_shared: BTreeMap<String, String>,
    /// Names the slot pool is seeded with, and reads again when empty.
    pub slot_names: Vec<String>,
    /// Whether API documents are hidden.
    pub production: bool,
    /// Whether the public edge stands in front: UI at `/`, hub-internal header dropped.
    pub behind_edge: bool,
    /// Whether rate limits are enforced.
    pub limits_enforced: bool,
    /// Another identity than the caller's, member by member.
    pub identity: IdentityOverride,
    /// Whether a minted payload key of a trust is given to the hub at once (edition trust-keys);
    /// otherwise somebody must bring it, as with the real hub.
    pub adopt_trust_keys: bool,
}

/// Members of the identity block to replace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityOverride {
    /// In place of the caller's id.
    pub trust_id: Option<String>,
    /// In place of the caller's name.
    pub trust_name: Option<String>,
}

impl IdentityOverride {
    /// Whether nothing is replaced.
    pub fn is_empty(&self) -> bool {
        self.trust_id.is_none() && self.trust_name.is_none()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hub_version: Some(VERSION.to_owned()),
            trust_api_key_header: TRUST_KEY_HEADER.to_owned(),
            internal_key_header: None,
            hub_shared: BTreeMap::new(),
            slot_names: (1..=SLOTS).map(|number| format!("Trust_{number}")).collect(),
            production: false,
            behind_edge: false,
            limits_enforced: true,
            identity: IdentityOverride::default(),
            adopt_trust_keys: true,
        }
    }
}

/// The release a mock hub says it is, unless told otherwise.
const VERSION: &str = "v0.8.0";
/// Slots in the pool unless told otherwise.
const SLOTS: u32 = 64;
