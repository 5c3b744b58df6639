//! The two calls of a training to the site services (fl contract section 3).

use std::time::Duration;

use contract::fl_line::{FL_USER_AGENT, SiteKey};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::options::FlClientOptions;
use crate::site::{LoopbackError, plain_client};

/// Why a site service gave the training nothing. The text goes to the hub in a crash log: it holds
/// a status and an address, never a body or a key.
#[derive(Debug, thiserror::Error)]
pub(super) enum SiteCallError {
    /// A status other than 2xx.
    #[error("HTTPError: {status} for url: {url}")]
    Status {
        /// The status.
        status: u16,
        /// The address called.
        url: String,
    },
    /// No answer at all.
    #[error("ConnectionError: no answer from {url}")]
    Unreachable {
        /// The address called.
        url: String,
        /// What the transport said.
        #[source]
        source: reqwest::Error,
    },
    /// An answer that is no JSON object.
    #[error("JSONDecodeError: unexpected body from {url}")]
    NotJson {
        /// The address called.
        url: String,
    },
}

/// Calls to the site services with the client's key.
pub(super) struct SiteCalls<'o> {
    options: &'o FlClientOptions,
    http: Client,
}

impl<'o> SiteCalls<'o> {
    pub(super) fn new(options: &'o FlClientOptions) -> Result<Self, LoopbackError> {
        Ok(Self { options, http: plain_client()? })
    }

    /// The cohort as an object of columns.
    pub(super) async fn dataframe(
        &self,
        project: &str,
        query: &str,
    ) -> Result<Value, SiteCallError> {
        let url = format!("{}/cohort/dataframe", self.options.data_access_url);
        let body = json!({"encrypted_project_id": project, "query": query});
        self.call(url, &body).await
    }

    /// Asks for the images of one study and gives the path they lie at.
    pub(super) async fn images(
        &self,
        project: &str,
        accession_id: &str,
    ) -> Result<Value, SiteCallError> {
        let url = format!(
            "{}/download/images/{}?assessor_type=scan&resource_type=NIFTI",
            self.options.imaging_url, self.options.net_id
        );
        let body =
            json!({"encrypted_central_hub_project_id": project, "accession_id": accession_id});
        self.call(url, &body).await
    }

    async fn call(&self, url: String, body: &Value) -> Result<Value, SiteCallError> {
        let request = self.keyed(self.http.post(&url)).json(body);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(source) => return Err(SiteCallError::Unreachable { url, source }),
        };
        let status = answer.status();
        if !status.is_success() {
            return Err(SiteCallError::Status { status: status.as_u16(), url });
        }
        match answer.json::<Value>().await {
            Ok(value) if value.is_object() => Ok(value),
            _ => Err(SiteCallError::NotJson { url }),
        }
    }

    fn keyed(&self, request: RequestBuilder) -> RequestBuilder {
        let mut request = request.header("User-Agent", FL_USER_AGENT);
        if let Some(secs) = self.options.site_limit_secs {
            let limit = self.options.time_scale.secs(secs);
            request = request.timeout(limit.max(SITE_CALL_FLOOR));
        }
        if self.options.habits.sends_site_key && self.options.line.row().site_key == SiteKey::Sent {
            request.header(&self.options.site_key_header, self.options.site_key.expose())
        } else {
            request
        }
    }
}

/// A scaled limit stays long enough for a loaded machine.
const SITE_CALL_FLOOR: Duration = Duration::from_millis(300);
