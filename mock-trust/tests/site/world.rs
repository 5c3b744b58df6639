//! A site for one test, and calls to it.

use std::sync::Arc;

use contract::edition::EditionId;
use contract::envelope::{
    KeyRing, PROJECT_ID_CONTEXT, ReadOptions, SealRequest, key_bytes, open, seal,
};
use contract::key::{Secret, cohort_admin_proof};
use mock_trust::site::{Site, SiteOptions};
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

pub(crate) const SITE_KEY: &str = "site-key-of-forty-three-characters-000000000";
pub(crate) const PAYLOAD_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
pub(crate) const PROJECT: &str = "33333333-3333-4333-8333-333333333333";
pub(crate) const TRUST: &str = "ddc08a0b-2804-4903-b6bd-97aa1981d7b0";
/// Two hundred people by default, each with a study or two.
pub(crate) const EVERYBODY: &str = "SELECT * FROM omop.person";

pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) edition: EditionId,
    http: Client,
}

/// Status and JSON of an answer; null when the body is no JSON.
pub(crate) type Answer = (u16, Value);

impl World {
    pub(crate) fn of(edition: EditionId) -> Self {
        Self::with(edition, |_| {})
    }

    pub(crate) fn with(edition: EditionId, change: impl FnOnce(&mut SiteOptions)) -> Self {
        let mut options =
            SiteOptions::new(edition, Secret::from(SITE_KEY), Secret::from(PAYLOAD_KEY));
        change(&mut options);
        Self { site: Site::start(options).expect("loopback ports"), edition, http: client() }
    }

    /// A call to data-access-api without any key.
    pub(crate) fn data(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.site.data_access_url()))
    }

    /// A call to imaging-api without any key.
    pub(crate) fn imaging(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.site.imaging_url()))
    }

    /// A call to the control API with its token.
    pub(crate) fn control(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/control/{path}", self.site.control_url());
        self.http.request(method, url).bearer_auth(self.site.control_token())
    }

    pub(crate) fn get(&self, url: String) -> RequestBuilder {
        self.http.get(url)
    }

    /// POST to data-access-api with the site key.
    pub(crate) async fn ask_data(&self, path: &str, body: &Value) -> Answer {
        answer(with_key(self.data(Method::POST, path)).json(body)).await
    }

    /// A call to imaging-api with the site key.
    pub(crate) async fn ask_imaging(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let request = with_key(self.imaging(method, path));
        answer(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    pub(crate) async fn arm(&self, fault: Value) {
        let (status, reply) = answer(self.control(Method::POST, "faults").json(&fault)).await;
        assert_eq!(status, 201, "{reply}");
    }

    pub(crate) fn sealed_project(&self) -> String {
        self.seal(PROJECT_ID_CONTEXT, PROJECT)
    }

    pub(crate) fn seal(&self, context: &str, text: &str) -> String {
        let key = key_bytes(PAYLOAD_KEY).expect("base64");
        let cipher = self.edition.row().cipher;
        let request = SealRequest::new(cipher, &key, text.as_bytes()).context(context);
        seal(request, &mut StdRng::seed_from_u64(1)).expect("a whole key")
    }

    pub(crate) fn open(&self, context: &str, sealed: &str) -> String {
        let ring = KeyRing::shared(key_bytes(PAYLOAD_KEY).expect("base64").to_vec());
        let cipher = self.edition.row().cipher;
        open(cipher, &ring, context, sealed, ReadOptions::default()).expect("opens")
    }

    pub(crate) fn cohort(&self, query: &str) -> Value {
        json!({"encrypted_project_id": self.sealed_project(), "query_id": "q-1", "query_name": "n",
            "query": query, "trust_id": TRUST})
    }

    /// Makes an imaging project and gives its reply.
    pub(crate) async fn project(&self, users: Value) -> Value {
        let body = json!({"project_id": PROJECT, "trust_id": TRUST, "project_name": "Lungs",
            "query": "SELECT accession_id FROM radiology_occurrence", "users": users,
            "dicom_to_nifti": true});
        let path = "/projects/create-project-from-central-hub-project";
        let (status, reply) = self.ask_imaging(Method::POST, path, Some(&body)).await;
        assert_eq!(status, 200, "{reply}");
        reply
    }
}

pub(crate) fn with_key(request: RequestBuilder) -> RequestBuilder {
    request.header("X-Trust-Internal-Service-Key", SITE_KEY)
}

pub(crate) fn with_proof(request: RequestBuilder) -> RequestBuilder {
    with_key(request).header("X-Cohort-Admin-Key", cohort_admin_proof(PAYLOAD_KEY))
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let answer = request.send().await.expect("the site answers");
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

pub(crate) fn client() -> Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of the provider")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Client::builder().no_proxy().tls_backend_preconfigured(tls).build().expect("a client")
}
