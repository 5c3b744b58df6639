//! The table of what a kit holds.

use serde::Serialize;

use super::{Form, Section};
use crate::edition::Edition;

/// One key of the kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KeySpec {
    /// The name before `=`.
    pub name: &'static str,
    /// Where it stands.
    pub section: Section,
    /// The form of its value.
    pub form: Form,
    /// Whether the value must never be shown.
    pub secret: bool,
    /// Whether a kit must have it.
    pub presence: Presence,
    /// What a new kit says.
    pub template: Template,
}

/// When a key must be there and filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// In every edition.
    Required,
    /// In editions whose Hub-shared block lists it.
    HubShared,
    /// In editions whose trust compares it with what the hub says.
    IdentityCheck,
    /// Services have a default of their own, or do without.
    Optional,
}

/// What a new kit says about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// An argument of scaffolding.
    Argument,
    /// This value, for the operator to change.
    Value(&'static str),
    /// This value, commented out.
    Commented(&'static str),
    /// The placeholder that registering replaces.
    Placeholder,
    /// Nothing.
    Absent,
}

impl KeySpec {
    /// Whether a kit of this edition must have the key filled.
    pub fn required_in(&self, edition: &Edition) -> bool {
        match self.presence {
            Presence::Required => true,
            Presence::HubShared => edition.hub_shared_keys().any(|key| key == self.name),
            Presence::IdentityCheck => edition.expected_trust_id,
            Presence::Optional => false,
        }
    }
}

/// The row of a key. Names ending in `_DEBUG_PORT` share one row.
pub fn spec(name: &str) -> Option<&'static KeySpec> {
    let named = KEYS.iter().find(|spec| spec.name == name);
    named.or_else(|| name.ends_with("_DEBUG_PORT").then_some(&DEBUG_PORT))
}

/// The Hub-shared block of a current kit, in order.
pub const HUB_SHARED: &[&str] = &[
    "AES_KEY_BASE64",
    "CENTRAL_HUB_API_URL",
    "TRUST_API_KEY_HEADER",
    "FL_BACKEND",
    "FLOWER_KIT_DATE",
    "FLARE_KIT_DATE",
    "DOCKER_TAG",
    "DOCKER_FL_TAG",
    "DOCKER_REGISTRY",
    "DOCKER_FL_REGISTRY",
    "NLB_SUBDOMAIN",
    "FL_SERVER_PORT",
];

/// The Kit credentials block, in order.
pub const CREDENTIALS: &[&str] = &[
    "TRUST_API_KEY",
    "TRUST_INTERNAL_SERVICE_KEY",
    "FL_KIT_SLOT",
    "FL_KIT_SLOT_NUMBER",
    "EXPECTED_TRUST_ID",
];

/// Every key by name, in the order of the file.
pub const KEYS: &[KeySpec] = &[
    identity("TRUST_NAME", Form::Name, Presence::Required, Template::Argument),
    identity("TRUST_CODE", Form::Text, Presence::Required, Template::Argument),
    identity("TRUST_REGION", Form::Text, Presence::Optional, Template::Value("")),
    port("OMOP_DB_PORT", Template::Value("5434")),
    port("PACS_UI_PORT", Template::Value("8042")),
    port("XNAT_PORT", Template::Value("8104")),
    port("XNAT_WEB_PORT", Template::Absent),
    port("DATA_ACCESS_API_PORT", Template::Value("8010")),
    port("IMAGING_API_PORT", Template::Value("8001")),
    port("TRUST_API_PORT", Template::Value("8020")),
    port("GRAFANA_PORT", Template::Value("3000")),
    port("LOKI_PORT", Template::Value("3100")),
    host("ORTHANC_STORAGE_DIR", Form::AbsolutePath, Template::Value("/opt/flip/orthanc")),
    host("BASE_IMAGES_DOWNLOAD_DIR", Form::AbsolutePath, Template::Value("/opt/flip/images")),
    host("XNAT_DATA_DIR", Form::AbsolutePath, Template::Value("/opt/flip/xnat")),
    host("OMOP_DATA_DIR", Form::AbsolutePath, Template::Commented("/opt/flip/omop")),
    KeySpec {
        presence: Presence::Required,
        ..host("FL_KIT_DIR", Form::AbsolutePath, Template::Value("/opt/flip/fl-kit"))
    },
    host("AICENTRE_BUCKET_NAME", Form::Text, Template::Value("")),
    host("FL_SITE_PRIVACY_POLICY", Form::Text, Template::Absent),
    host("FL_SITE_PRIVACY_PERCENTILE", Form::Text, Template::Absent),
    host("FL_SITE_PRIVACY_GAMMA", Form::Text, Template::Absent),
    local("ORTHANC_USERNAME", Form::Text, Template::Value("admin")),
    password("ORTHANC_PASSWORD", Template::Value("admin")),
    local("OMOP_POSTGRES_USER", Form::Text, Template::Value("postgres")),
    password("OMOP_POSTGRES_PASSWORD", Template::Value("omop")),
    local("OMOP_POSTGRES_DB", Form::Text, Template::Value("trustomopdb")),
    local("DATA_ACCESS_POSTGRES_USER", Form::Text, Template::Value("data_analyst_reader")),
    password("DATA_ACCESS_POSTGRES_PASSWORD", Template::Value("change-me")),
    local("XNAT_ADMIN_USER", Form::Text, Template::Value("admin")),
    password("XNAT_ADMIN_INITIAL_PASSWORD", Template::Value("admin")),
    password("XNAT_ADMIN_PASSWORD", Template::Value("admin")),
    local("XNAT_SERVICE_USER", Form::Text, Template::Value("flipServiceAccount")),
    password("XNAT_SERVICE_PASSWORD", Template::Value("flip")),
    password("XNAT_DATASOURCE_PASSWORD", Template::Absent),
    password("XNAT_DATASOURCE_ADMIN_PASSWORD", Template::Absent),
    password("XNAT_ACTIVEMQ_PASSWORD", Template::Absent),
    password("GRAFANA_ADMIN_PASSWORD", Template::Value("admin")),
    local("COHORT_QUERY_THRESHOLD", Form::AtLeast(1), Template::Value("10")),
    local("POLL_INTERVAL_SECONDS", Form::AtLeast(2), Template::Value("5")),
    local("TRUST_LOG_LEVEL", Form::LogLevel, Template::Value("INFO")),
    local("NUM_AVAILABLE_GPUS", Form::AtLeast(0), Template::Value("1")),
    local("MEMORY_PER_GPU_IN_GIB", Form::AtLeast(0), Template::Value("7")),
    // Gone since v0.7.0; what is left of it in a kit is ignored.
    local("MIN_CLIENTS", Form::AtLeast(1), Template::Absent),
    // Unset it is DOCKER_TAG.
    local("OMOP_DB_TAG", Form::Tag, Template::Absent),
    local("ORTHANC_TAG", Form::Tag, Template::Absent),
    local("XNAT_TAG", Form::Tag, Template::Absent),
    local("ACCESS_POLICY_FILE", Form::Text, Template::Absent),
    local("SOURCE_TRUST", Form::AtLeast(1), Template::Absent),
    local("XNAT_AETITLE", Form::Text, Template::Absent),
    local("PACS_HOST", Form::Text, Template::Absent),
    local("PACS_AETITLE", Form::Text, Template::Absent),
    local("PACS_QR_PORT", Form::Port, Template::Absent),
    local("PACS_LABEL", Form::Text, Template::Absent),
    local("PACS_THREADS", Form::AtLeast(1), Template::Absent),
    local("PACS_UTILIZATION_PERCENT", Form::AtLeast(0), Template::Absent),
    secret(shared("AES_KEY_BASE64", Form::PayloadKey)),
    shared("CENTRAL_HUB_API_URL", Form::HubUrl),
    shared("TRUST_API_KEY_HEADER", Form::HeaderName),
    shared("FL_BACKEND", Form::Backend),
    shared("FLOWER_KIT_DATE", Form::Date),
    shared("FLARE_KIT_DATE", Form::Date),
    shared("DOCKER_TAG", Form::Tag),
    shared("DOCKER_FL_TAG", Form::Tag),
    shared("DOCKER_REGISTRY", Form::RegistryPrefix),
    shared("DOCKER_FL_REGISTRY", Form::RegistryPrefix),
    shared("NLB_SUBDOMAIN", Form::HostName),
    shared("FL_SERVER_PORT", Form::Port),
    KeySpec { template: Template::Absent, ..shared("TRUST_AES_KID", Form::Text) },
    secret(KeySpec {
        template: Template::Absent,
        ..shared("TRUST_AES_KEY_BASE64", Form::PayloadKey)
    }),
    KeySpec {
        template: Template::Absent,
        ..shared("TRUST_INTERNAL_SERVICE_KEY_HEADER", Form::HeaderName)
    },
    secret(credential("TRUST_API_KEY", Form::ServiceKey)),
    secret(credential("TRUST_INTERNAL_SERVICE_KEY", Form::ServiceKey)),
    credential("FL_KIT_SLOT", Form::Slot),
    credential("FL_KIT_SLOT_NUMBER", Form::SlotNumber),
    KeySpec { presence: Presence::IdentityCheck, ..credential("EXPECTED_TRUST_ID", Form::Uuid) },
];

const DEBUG_PORT: KeySpec = port("*_DEBUG_PORT", Template::Absent);

const fn identity(
    name: &'static str,
    form: Form,
    presence: Presence,
    template: Template,
) -> KeySpec {
    KeySpec { name, section: Section::TrustIdentity, form, secret: false, presence, template }
}

const fn host(name: &'static str, form: Form, template: Template) -> KeySpec {
    let presence = Presence::Optional;
    KeySpec { name, section: Section::HostLocal, form, secret: false, presence, template }
}

const fn port(name: &'static str, template: Template) -> KeySpec {
    host(name, Form::Port, template)
}

const fn local(name: &'static str, form: Form, template: Template) -> KeySpec {
    let presence = Presence::Optional;
    KeySpec { name, section: Section::TrustLocal, form, secret: false, presence, template }
}

const fn password(name: &'static str, template: Template) -> KeySpec {
    secret(local(name, Form::Text, template))
}

const fn shared(name: &'static str, form: Form) -> KeySpec {
    let (section, presence) = (Section::HubShared, Presence::HubShared);
    KeySpec { name, section, form, secret: false, presence, template: Template::Placeholder }
}

const fn credential(name: &'static str, form: Form) -> KeySpec {
    let (section, presence) = (Section::KitCredentials, Presence::Required);
    KeySpec { name, section, form, secret: false, presence, template: Template::Placeholder }
}

const fn secret(spec: KeySpec) -> KeySpec {
    KeySpec { secret: true, ..spec }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::edition::{EDITIONS, EditionId};

    #[test]
    fn names_are_distinct_and_stand_in_the_order_of_the_sections() {
        let names: BTreeSet<&str> = KEYS.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), KEYS.len());
        assert!(KEYS.is_sorted_by_key(|spec| spec.section));
    }

    #[test]
    fn the_managed_blocks_are_those_of_the_newest_edition() {
        assert_eq!((HUB_SHARED.len(), CREDENTIALS.len()), (12, 5));
        assert!(EditionId::DEFAULT.row().hub_shared_keys().eq(HUB_SHARED.iter().copied()));
        let templated = |section: Section| {
            let managed = move |spec: &&KeySpec| {
                spec.section == section && spec.template == Template::Placeholder
            };
            KEYS.iter().filter(managed).map(|spec| spec.name).collect::<Vec<_>>()
        };
        assert_eq!(templated(Section::HubShared), HUB_SHARED);
        assert_eq!(templated(Section::KitCredentials), CREDENTIALS);
    }

    #[test]
    fn every_shared_key_of_every_edition_has_a_row() {
        for edition in &EDITIONS {
            for name in edition.hub_shared_keys() {
                assert!(spec(name).is_some_and(|spec| spec.required_in(edition)), "{name}");
            }
        }
        let expected_id = spec("EXPECTED_TRUST_ID").expect("a row");
        assert!(!expected_id.required_in(EditionId::V2026_03.row()));
        assert!(expected_id.required_in(EditionId::V2026_09.row()));
    }

    #[test]
    fn every_templated_value_has_its_form() {
        for spec in KEYS {
            if let Template::Value(value) | Template::Commented(value) = spec.template
                && !value.is_empty()
            {
                assert_eq!(spec.form.check(value), Ok(()), "{}", spec.name);
            }
        }
    }

    #[test]
    fn debug_ports_share_a_row_and_strangers_have_none() {
        assert_eq!(spec("TRUST_API_DEBUG_PORT").map(|spec| spec.form), Some(Form::Port));
        assert_eq!(spec("UNHEARD_OF"), None);
    }
}
