//! Tasks for the imaging service (trust 6).

use contract::edition::{DeleteImaging, FailureResult};
use hyper::Method;
use serde_json::Value;

use super::site_calls::{Call, SiteError};
use super::{Ended, Failure, Runner};

impl Runner {
    pub(super) async fn create_imaging(&self, payload: &Value) -> Ended {
        let path = "/projects/create-project-from-central-hub-project";
        let reply = self.imaging(Method::POST, path, Some(payload)).await;
        self.returned_or_failed(reply)
    }

    pub(super) async fn delete_imaging(&self, payload: &Value) -> Ended {
        let project = text(payload, "imaging_project_id");
        let path = match self.habits.task.delete_imaging {
            DeleteImaging::PathParameter => format!("/projects/{project}"),
            DeleteImaging::QueryParameter => format!("/projects/?project_id={project}"),
        };
        let reply = self.imaging(Method::DELETE, &path, None).await;
        self.done_or_failed(reply)
    }

    pub(super) async fn imaging_status(&self, payload: &Value) -> Ended {
        let path = retrieval(payload, "import_status_count");
        let reply = self.imaging(Method::GET, &path, None).await;
        let status = reply.as_ref().err().map(|error| error.status);
        let ended = self.returned_or_failed(reply);
        let knows_code =
            self.settings.edition.row().failure_result == FailureResult::ErrorWithStatus;
        ended.map_err(|failure| Failure { status_code: status.filter(|_| knows_code), ..failure })
    }

    pub(super) async fn reimport_studies(&self, payload: &Value) -> Ended {
        let path = retrieval(payload, "reimport_imaging_project_studies");
        let reply = self.imaging(Method::PUT, &path, None).await;
        self.done_or_failed(reply)
    }

    pub(super) async fn update_user_profile(&self, payload: &Value) -> Ended {
        let email = if self.habits.log.hides_email { "***" } else { text(payload, "email") };
        self.log.info(format_args!("Processing update user profile task: email={email}"));
        let reply = self.imaging(Method::PUT, "/users", Some(payload)).await;
        self.done_or_failed(reply)
    }

    /// Success is the reply as text.
    pub(super) fn returned_or_failed(&self, reply: Result<Value, SiteError>) -> Ended {
        match reply {
            Ok(reply) => Ok(self.returned(&reply)),
            Err(_) if !self.habits.task.fails_with_local_call => Ok(None),
            Err(error) => Err(error.failure(&self.habits)),
        }
    }

    /// Success is null.
    fn done_or_failed(&self, reply: Result<Value, SiteError>) -> Ended {
        self.returned_or_failed(reply).map(|_| None)
    }

    async fn imaging(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, SiteError> {
        let url = format!("{}{path}", self.site.urls.imaging);
        self.site.call(Call::new(method, url, body)).await
    }
}

fn retrieval(payload: &Value, route: &str) -> String {
    let project = text(payload, "imaging_project_id");
    let query: String =
        url::form_urlencoded::byte_serialize(text(payload, "encoded_query").as_bytes()).collect();
    format!("/retrieval/{route}/{project}?encoded_query={query}")
}

fn text<'a>(payload: &'a Value, name: &str) -> &'a str {
    payload[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn padding_of_an_encoded_query_is_escaped() {
        let payload = json!({"imaging_project_id": "p", "encoded_query": "U0VM-_8="});
        assert_eq!(
            retrieval(&payload, "import_status_count"),
            "/retrieval/import_status_count/p?encoded_query=U0VM-_8%3D"
        );
    }
}
