//! Calling the site services as another neighbour does, to bring them into a state.

use contract::capture::Exchange;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Stage;
use crate::control::http_client;
use crate::finding::{Judged, Stop};

impl Stage {
    /// An imaging project of its own for a task to work on; returns its id.
    pub async fn imaging_project(&self, query: &str) -> Judged<String> {
        let body = json!({
            "project_id": Uuid::new_v4(),
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

    async fn call_imaging(&self, method: Method, path: &str, body: &Value) -> Judged<(u16, Value)> {
        let header = self.env.get("TRUST_INTERNAL_SERVICE_KEY_HEADER").map_or("", String::as_str);
        let url = format!("{}{path}", self.site.imaging_url.trim_end_matches('/'));
        let reply = http_client()
            .request(method, url)
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
