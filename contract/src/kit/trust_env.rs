//! What the poller's container gets from a kit.

use super::{Kit, Reader};
use crate::edition::Edition;

impl Kit {
    /// The environment of the trust's poller as (name, value), always in the same order, values as
    /// compose reads them. A key the kit lacks is left out, so that the trust finds it missing; one
    /// left empty is passed on empty. `ENV` is not among them: only the kit's file name says it.
    pub fn env_for_trust(&self, edition: &Edition) -> Vec<(String, String)> {
        let wanted = FROM_KIT.iter().filter(|wiring| (wiring.when)(edition));
        wanted
            .filter_map(|wiring| {
                let value = self.value(Reader::Compose, wiring.key)?;
                Some((wiring.variable.to_owned(), value))
            })
            .collect()
    }
}

/// A key of the kit and the variable it becomes.
struct Wiring {
    key: &'static str,
    variable: &'static str,
    when: fn(&Edition) -> bool,
}

const FROM_KIT: &[Wiring] = &[
    same("CENTRAL_HUB_API_URL"),
    same("TRUST_API_KEY"),
    same("TRUST_API_KEY_HEADER"),
    same("AES_KEY_BASE64"),
    same("TRUST_INTERNAL_SERVICE_KEY"),
    same("TRUST_INTERNAL_SERVICE_KEY_HEADER"),
    same("COHORT_ADMIN_KEY_HEADER"),
    same("DATA_ACCESS_API_URL"),
    same("IMAGING_API_URL"),
    same("POLL_INTERVAL_SECONDS"),
    Wiring { when: |edition| edition.expected_trust_id, ..same("EXPECTED_TRUST_ID") },
    same("COHORT_QUERY_TIMEOUT_SECONDS"),
    same("HEALTH_COLLECT_INTERVAL_SECONDS"),
    same("HEALTH_PROBE_DEGRADED_MS"),
    same("XNAT_URL"),
    same("OMOP_DB_HOST"),
    Wiring { key: "TRUST_LOG_LEVEL", ..same("LOG_LEVEL") },
    Wiring { key: "DOCKER_TAG", ..same("FLIP_RELEASE") },
    same("HTTP_PROXY"),
    same("HTTPS_PROXY"),
    same("NO_PROXY"),
    same("SSL_CERT_FILE"),
    same("SSL_CERT_DIR"),
    same("TRUST_NAME"),
    trust_keys("TRUST_AES_KID"),
    trust_keys("TRUST_AES_KEY_BASE64"),
    trust_keys("AES_TRUST_KEYS"),
    trust_keys("AES_ACCEPT_LEGACY_CBC"),
];

const fn same(name: &'static str) -> Wiring {
    Wiring { key: name, variable: name, when: |_| true }
}

const fn trust_keys(name: &'static str) -> Wiring {
    Wiring { when: |edition| edition.trust_payload_keys, ..same(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edition::EditionId;

    fn names(edition: EditionId) -> Vec<String> {
        let kit = Kit::new(
            "TRUST_API_KEY=k\nEXPECTED_TRUST_ID=i\nTRUST_LOG_LEVEL=DEBUG\nDOCKER_TAG=v1\n\
             TRUST_AES_KID=trust-i\nXNAT_SERVICE_PASSWORD=p\nOMOP_DB_PORT=5434\nXNAT_URL=\n",
        );
        kit.env_for_trust(edition.row()).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn the_poller_gets_its_own_names_and_no_site_password() {
        let base = ["TRUST_API_KEY", "EXPECTED_TRUST_ID", "XNAT_URL", "LOG_LEVEL", "FLIP_RELEASE"];
        assert_eq!(names(EditionId::V2026_09), base);
        assert_eq!(names(EditionId::TrustKeys), [&base[..], &["TRUST_AES_KID"]].concat());
        let oldest = names(EditionId::V2026_03);
        assert!(!oldest.contains(&"EXPECTED_TRUST_ID".to_owned()), "{oldest:?}");
    }

    #[test]
    fn values_come_as_compose_reads_them() {
        let kit = Kit::new("TRUST_NAME=\"St. Mary's\"\nPOLL_INTERVAL_SECONDS=5\r\n");
        let env = kit.env_for_trust(EditionId::DEFAULT.row());
        let expected = [("POLL_INTERVAL_SECONDS", "5"), ("TRUST_NAME", "St. Mary's")];
        assert_eq!(env, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
