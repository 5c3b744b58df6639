//! Reading the FL client's container environment (kit contract section 4).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use contract::fl_line::FlLineId;
use contract::key::Secret;
use thiserror::Error;

use super::options::FlClientOptions;
use crate::time_scale::TimeScale;

/// A variable of the FL client's environment is missing or unreadable. Values are not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FlEnvironmentError {
    /// Required once `FL_ENDPOINT` is there.
    #[error("{0} is required by the FL client")]
    Missing(&'static str),
    /// Present but unreadable.
    #[error("{name} must be {wanted}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it should have been.
        wanted: &'static str,
    },
}

impl FlClientOptions {
    /// Reads the client's variables; `None` without `FL_ENDPOINT`: the site trains nothing. Other names
    /// are ignored, those of the hub above all.
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `FL_ENDPOINT` | `host:port` of the FL endpoint | no client |
    /// | `FL_BIND_ADDRESS` | source address | the system's choice |
    /// | `SUPERNODE_NAME`, else `FL_KIT_SLOT` | FL identity | required |
    /// | `FLIPCHECK_FL_STARTUP_DIR` | `startup` folder of the FL kit: CA, certificate, key | plain text |
    /// | `FL_LINE` | line of the library, such as `fl-0.1.8` | the newest |
    /// | `NET_ID` | network name in image paths | `net-1` |
    /// | `DATA_ACCESS_API_URL`, `IMAGING_API_URL` | site services | the names of the compose file |
    /// | `TRUST_INTERNAL_SERVICE_KEY`, `.._HEADER` | site key and its header | empty; the usual header |
    /// | `FLIPCHECK_SEALED_PROJECT_ID` | project of jobs that name none | none |
    /// | `FLIPCHECK_TIME_SCALE` | factor on every wait | 1 |
    pub fn from_env<I>(variables: I) -> Result<Option<Self>, FlEnvironmentError>
    where
        I: IntoIterator<Item = (String, String)>,
    {
        let given = Given(variables.into_iter().collect());
        let Some(endpoint) = given.text("FL_ENDPOINT") else { return Ok(None) };
        if endpoint.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
            return Err(FlEnvironmentError::Invalid { name: "FL_ENDPOINT", wanted: "host:port" });
        }
        let slot = given.text("SUPERNODE_NAME").or_else(|| given.text("FL_KIT_SLOT"));
        let slot = slot.ok_or(FlEnvironmentError::Missing("FL_KIT_SLOT"))?;
        let site_key = Secret::new(given.text("TRUST_INTERNAL_SERVICE_KEY").unwrap_or_default());
        let mut options = Self::new(endpoint, slot, site_key);
        options.bind = given.parsed::<IpAddr>("FL_BIND_ADDRESS", "an IP address")?;
        options.startup_dir = given.text("FLIPCHECK_FL_STARTUP_DIR").map(PathBuf::from);
        if let Some(line) = given.parsed::<FlLineId>("FL_LINE", "an FL client line")? {
            options.line = line;
        }
        if let Some(factor) = given.parsed::<f64>("FLIPCHECK_TIME_SCALE", POSITIVE)? {
            options.time_scale = TimeScale::new(factor).ok_or(FlEnvironmentError::Invalid {
                name: "FLIPCHECK_TIME_SCALE",
                wanted: POSITIVE,
            })?;
        }
        given.replace("NET_ID", &mut options.net_id);
        given.replace("DATA_ACCESS_API_URL", &mut options.data_access_url);
        given.replace("IMAGING_API_URL", &mut options.imaging_url);
        given.replace("TRUST_INTERNAL_SERVICE_KEY_HEADER", &mut options.site_key_header);
        options.encrypted_project_id = given.text("FLIPCHECK_SEALED_PROJECT_ID");
        Ok(Some(options))
    }
}

struct Given(BTreeMap<String, String>);

impl Given {
    /// The value, unless it is absent or empty.
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    fn replace(&self, name: &str, value: &mut String) {
        if let Some(given) = self.text(name) {
            *value = given;
        }
    }

    fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        wanted: &'static str,
    ) -> Result<Option<T>, FlEnvironmentError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| FlEnvironmentError::Invalid { name, wanted })
    }
}

const POSITIVE: &str = "a number above 0";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<FlClientOptions>, FlEnvironmentError> {
        let owned = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        FlClientOptions::from_env(owned)
    }

    #[test]
    fn without_an_endpoint_there_is_no_client() {
        assert!(read(&[("FL_KIT_SLOT", "Trust_1"), ("FL_ENDPOINT", "")]).expect("fine").is_none());
    }

    #[test]
    fn the_container_environment_is_read_and_the_hub_is_not() {
        let options = read(&[
            ("FL_ENDPOINT", "fl.hub.example:8002"),
            ("FL_KIT_SLOT", "Trust_7"),
            ("FL_LINE", "fl-0.1.8"),
            ("FL_BIND_ADDRESS", "127.0.0.2"),
            ("TRUST_INTERNAL_SERVICE_KEY", "site"),
            ("CENTRAL_HUB_API_URL", "https://hub.example/api"),
            ("FLIPCHECK_TIME_SCALE", "0.02"),
        ])
        .expect("fine")
        .expect("a client");
        assert_eq!((options.slot.as_str(), options.line), ("Trust_7", FlLineId::V0_1_8));
        assert_eq!(options.site_key.expose(), "site");
        assert_eq!(options.bind.map(|source| source.to_string()).as_deref(), Some("127.0.0.2"));
        assert_eq!(options.forbidden_hub_url, None);
    }

    #[test]
    fn what_cannot_be_read_is_named_and_not_repeated() {
        let endpoint = ("FL_ENDPOINT", "fl.hub.example:8002");
        let slot = ("FL_KIT_SLOT", "Trust_7");
        for (variables, name) in [
            (vec![endpoint], "FL_KIT_SLOT"),
            (vec![("FL_ENDPOINT", "secret-host"), slot], "FL_ENDPOINT"),
            (vec![endpoint, slot, ("FL_LINE", "secret-9")], "FL_LINE"),
            (vec![endpoint, slot, ("FLIPCHECK_TIME_SCALE", "-1")], "FLIPCHECK_TIME_SCALE"),
        ] {
            let error = read(&variables).err().expect("refused").to_string();
            assert!(error.starts_with(name) && !error.contains("secret"), "{error}");
        }
    }
}
