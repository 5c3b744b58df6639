//! What a site is started with.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use contract::edition::EditionId;
use contract::key::Secret;
use contract::limits::COHORT_THRESHOLD;
use contract::wire::{COHORT_ADMIN_HEADER, SITE_KEY_HEADER};

use super::habits::SiteHabits;

/// Everything the site services are told.
#[derive(Debug, Clone)]
pub struct SiteOptions {
    /// Whose contract the services keep.
    pub edition: EditionId,
    /// Key between the site's services; empty = not configured, every call answers 401.
    pub site_key: Secret,
    /// Key data-access-api holds instead, for a site with mixed keys (ROT-SITE-01).
    pub data_access_key: Option<Secret>,
    /// Key imaging-api holds (and shows to data-access-api) instead.
    pub imaging_key: Option<Secret>,
    /// Header for the site key.
    pub site_key_header: String,
    /// Header for the proof on cohort-defining writes.
    pub cohort_admin_header: String,
    /// Payload key as base64 text: opens sealed project ids, seals new users' secrets; its digest is
    /// the cohort-admin proof.
    pub payload_key: Secret,
    /// Further payload keys by key id, where the edition has them.
    pub further_payload_keys: BTreeMap<String, Secret>,
    /// Key id under which new users' secrets are sealed, when its key is held; else the shared one.
    pub own_kid: Option<String>,
    /// Address of the services; ports are the system's choice. The control API stays on loopback.
    pub address: IpAddr,
    /// Decides people, studies and ids.
    pub seed: u64,
    /// People in the hospital.
    pub persons: u32,
    /// Cohorts smaller than this do not leave.
    pub cohort_threshold: u64,
    /// Version shown by the two APIs' `/health`.
    pub release: String,
    /// What the services do by habit.
    pub habits: SiteHabits,
}

impl SiteOptions {
    /// A site of that edition that keeps every clause.
    pub fn new(edition: EditionId, site_key: Secret, payload_key: Secret) -> Self {
        Self {
            edition,
            site_key,
            data_access_key: None,
            imaging_key: None,
            site_key_header: SITE_KEY_HEADER.to_owned(),
            cohort_admin_header: COHORT_ADMIN_HEADER.to_owned(),
            payload_key,
            further_payload_keys: BTreeMap::new(),
            own_kid: None,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            seed: 0,
            persons: PERSONS_DEFAULT,
            cohort_threshold: COHORT_THRESHOLD,
            release: RELEASE_DEFAULT.to_owned(),
            habits: SiteHabits::ideal(edition),
        }
    }
}

const PERSONS_DEFAULT: u32 = 200;
const RELEASE_DEFAULT: &str = "1.0.0";
