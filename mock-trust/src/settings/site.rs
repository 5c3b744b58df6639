//! What a lone service of a site is told: the variables the services of a compose file get.

use contract::edition::EditionId;
use contract::limits::COHORT_THRESHOLD;
use contract::wire;

use super::ConfigError;
use super::read::{Given, HeaderDefault};
use crate::habits::StartHabits;
use crate::site::SiteOptions;

/// The settings of a site in which one service runs here and the others elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) options: SiteOptions,
    /// Base URL of data-access-api, for imaging-api.
    pub(crate) neighbour: String,
}

/// Reads them; names of other services are ignored. Only the payload key is required, by services that
/// use it: without a site key they start and refuse everybody, as the real ones do.
pub(crate) fn site_options<I>(
    variables: I,
    edition: EditionId,
    keyed: bool,
) -> Result<Told, ConfigError>
where
    I: IntoIterator<Item = (String, String)>,
{
    let mut given = Given::new(
        variables.into_iter().collect(),
        StartHabits {
            needs_every_setting: keyed,
            refuses_empty_settings: keyed,
            ..StartHabits::IDEAL
        },
    );
    let site_key = given.text("TRUST_INTERNAL_SERVICE_KEY").unwrap_or_default();
    let payload_key = given.required("AES_KEY_BASE64", "")?;
    let base = SiteOptions::new(edition, site_key.into(), payload_key.into());
    let header =
        |given: &mut Given, name, default| given.header_name(name, HeaderDefault::Name(default));
    let options = SiteOptions {
        site_key_header: header(
            &mut given,
            "TRUST_INTERNAL_SERVICE_KEY_HEADER",
            wire::SITE_KEY_HEADER,
        )?,
        cohort_admin_header: header(
            &mut given,
            "COHORT_ADMIN_KEY_HEADER",
            wire::COHORT_ADMIN_HEADER,
        )?,
        further_payload_keys: given.further_payload_keys(edition)?,
        own_kid: given.text("TRUST_AES_KID"),
        cohort_threshold: given.number(THRESHOLD, "a whole number", COHORT_THRESHOLD)?,
        release: given.text("FLIP_RELEASE").unwrap_or(base.release),
        ..base
    };
    let neighbour = given.text("DATA_ACCESS_API_URL").unwrap_or_else(|| DATA_ACCESS.to_owned());
    Ok(Told { options, neighbour })
}

const THRESHOLD: &str = "COHORT_QUERY_THRESHOLD";
/// Where a compose file has it.
const DATA_ACCESS: &str = "http://data-access-api:8000";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Told, ConfigError> {
        let owned = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        site_options(owned, EditionId::DEFAULT, true)
    }

    #[test]
    fn the_payload_key_suffices_and_the_rest_has_defaults() {
        let told = read(&[("AES_KEY_BASE64", "AAAA")]).expect("complete");
        assert!(told.options.site_key.is_empty());
        assert_eq!(told.options.cohort_threshold, COHORT_THRESHOLD);
        assert_eq!(told.neighbour, "http://data-access-api:8000");
        let missing = read(&[("AES_KEY_BASE64", "")]).expect_err("required");
        assert_eq!(missing, ConfigError::Missing("AES_KEY_BASE64"));
        assert!(site_options([], EditionId::DEFAULT, false).is_ok(), "a database needs none");
    }

    #[test]
    fn what_a_compose_file_gives_is_taken() {
        let told = read(&[
            ("AES_KEY_BASE64", "AAAA"),
            ("TRUST_INTERNAL_SERVICE_KEY", "site"),
            ("COHORT_QUERY_THRESHOLD", "25"),
            ("DATA_ACCESS_API_URL", "http://elsewhere:8000"),
            ("TRUST_API_KEY", "none of its business"),
        ])
        .expect("complete");
        assert_eq!(told.options.site_key.expose(), "site");
        assert_eq!(
            (told.options.cohort_threshold, told.neighbour.as_str()),
            (25, "http://elsewhere:8000")
        );
        let error = read(&[("AES_KEY_BASE64", "AAAA"), (THRESHOLD, "few")]).expect_err("no number");
        assert_eq!(error.to_string(), "COHORT_QUERY_THRESHOLD must be a whole number");
    }
}
