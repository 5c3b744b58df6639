//! Calling the site services as another neighbour does, to bring them into a state.

use contract::capture::Exchange;
use contract::edition::RowLevel;
use contract::key::cohort_admin_proof;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Stage;
use crate::control::http_client;
use crate::finding::{Judged, Stop};
use crate::payloads::{PROJECT_ID, base64_url, sealed_project};

impl Stage {
    /// An imaging project of its own for a task to work on; returns its id.
    pub async fn imaging_project(&self, query: &str) -> Judged<String> {
        self.imaging_project_of(&Uuid::new_v4().to_string(), query).await
    }

    /// The imaging project of a project of the hub; returns its own id.
    pub async fn imaging_project_of(&self, project: &str, query: &str) -> Judged<String> {
        let body = json!({
            "project_id": project,
            "trust_id": self.registration.id,
            "project_name": format!("Planted {}", Uuid::new_v4()),
            "query": query,
        });
        let path = "/projects/create-project-from-central-hub-project";
        let (status, reply) = self.call_imaging(Method::POST, path, &body).await?;
        match reply["ID"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => Err(Stop::not_verified(format!("imaging-api made no project: {status}"))),
        }
    }

    /// A user of the imaging archive; one who is there already will do.
    pub async fn imaging_user(&self, email: &str) -> Judged {
        self.call_imaging(Method::POST, "/users", &json!({"email": email})).await.map(drop)
    }

    /// How many studies of an imaging project have come in.
    pub async fn studies_imported(&self, imaging_id: &str, query: &str) -> Judged<u64> {
        let encoded = base64_url(query);
        let path = format!("/retrieval/import_status_count/{imaging_id}?encoded_query={encoded}");
        let (_, reply) = self.call_imaging(Method::GET, &path, &Value::Null).await?;
        let count = reply["import_status"]["successful_count"].as_u64();
        count.ok_or_else(|| Stop::not_verified(format!("imaging-api counts nothing: {reply}")))
    }

    /// Freezes the cohort of the planted project, where row-level routes give out frozen rows only.
    pub async fn freeze_cohort(&self, query: &str) -> Judged {
        self.freeze_cohort_of(PROJECT_ID, query).await
    }

    /// The same for another project.
    pub async fn freeze_cohort_of(&self, project: &str, query: &str) -> Judged {
        self.freeze_sealed(&sealed_project(self, project)?, query).await
    }

    /// The same for a project whose id is sealed already.
    pub async fn freeze_sealed(&self, sealed: &str, query: &str) -> Judged {
        if self.edition.row_level != RowLevel::FrozenMembership {
            return Ok(());
        }
        let body = json!({"encrypted_project_id": sealed, "query": query});
        let (status, reply) = self.call_data_access("/cohort/snapshot", &body).await?;
        if status == 200 {
            return Ok(());
        }
        Err(Stop::not_verified(format!("the site froze no cohort: {status} {reply}")))
    }

    /// A POST to data-access-api with the site key and the proof of an admin.
    pub async fn call_data_access(&self, path: &str, body: &Value) -> Judged<(u16, Value)> {
        let variable = |name: &str| self.env.get(name).map_or("", String::as_str);
        let proof = cohort_admin_proof(variable("AES_KEY_BASE64"));
        let url = format!("{}{path}", self.site.data_access_url.trim_end_matches('/'));
        let request = http_client().request(Method::POST, url);
        let request = request.header(variable("COHORT_ADMIN_KEY_HEADER"), proof);
        self.ask_as_neighbour(request, body).await
    }

    async fn call_imaging(&self, method: Method, path: &str, body: &Value) -> Judged<(u16, Value)> {
        let url = format!("{}{path}", self.site.imaging_url.trim_end_matches('/'));
        self.ask_as_neighbour(http_client().request(method, url), body).await
    }

    async fn ask_as_neighbour(&self, ask: RequestBuilder, body: &Value) -> Judged<(u16, Value)> {
        let header = self.env.get("TRUST_INTERNAL_SERVICE_KEY_HEADER").map_or("", String::as_str);
        let reply = ask
            .header(header, self.registration.site_key.expose())
            .header(SETUP_HEADER, "yes")
            .json(body)
            .send()
            .await
            .map_err(|error| Stop::not_verified(error.without_url()))?;
        let status = reply.status().as_u16();
        let text = reply.text().await.map_err(|error| Stop::not_verified(error.without_url()))?;
        Ok((status, serde_json::from_str(&text).unwrap_or_default()))
    }
}

/// Whether a captured call was ours and not the trust's.
pub fn is_setup(call: &Exchange) -> bool {
    call.request_header(SETUP_HEADER).is_some()
}

const SETUP_HEADER: &str = "x-flipcheck-setup";
