//! Which call to a site service each task makes, exactly (trust 6).

use contract::capture::Exchange;
use contract::edition::TaskType;
use serde_json::{Value, json};

/// The one local call of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalCall {
    /// Which service takes it.
    pub listener: &'static str,
    /// Method.
    pub method: &'static str,
    /// Path.
    pub path: String,
    /// Query, as decoded pairs.
    pub query: Vec<(String, String)>,
    /// Body; none for calls without.
    pub body: Option<Value>,
    /// Whether it carries the proof for cohort-defining writes, where the edition has one.
    pub admin_proof: bool,
}

/// The call a task of this type with this payload must make.
pub fn demanded(kind: TaskType, payload: &Value) -> LocalCall {
    let imaging = |method, path: String, query, body| LocalCall {
        listener: "imaging-api",
        method,
        path,
        query,
        body,
        admin_proof: false,
    };
    let data_access = |path: &str, body, admin_proof| LocalCall {
        listener: "data-access-api",
        method: "POST",
        path: path.to_owned(),
        query: Vec::new(),
        body: Some(body),
        admin_proof,
    };
    let project = payload["imaging_project_id"].as_str().unwrap_or_default();
    let query = vec![(
        "encoded_query".to_owned(),
        payload["encoded_query"].as_str().unwrap_or_default().to_owned(),
    )];
    match kind {
        TaskType::CohortQuery => data_access("/cohort", payload.clone(), false),
        TaskType::PersistCohort => {
            let body = json!({
                "encrypted_project_id": payload["encrypted_project_id"],
                "query": payload["query"],
            });
            data_access("/cohort/snapshot", body, true)
        }
        TaskType::CreateImaging => {
            let path = "/projects/create-project-from-central-hub-project".to_owned();
            imaging("POST", path, Vec::new(), Some(payload.clone()))
        }
        TaskType::DeleteImaging => {
            imaging("DELETE", format!("/projects/{project}"), Vec::new(), None)
        }
        TaskType::GetImagingStatus => {
            imaging("GET", format!("/retrieval/import_status_count/{project}"), query, None)
        }
        TaskType::ReimportStudies => imaging(
            "PUT",
            format!("/retrieval/reimport_imaging_project_studies/{project}"),
            query,
            None,
        ),
        TaskType::UpdateUserProfile => {
            imaging("PUT", "/users".to_owned(), Vec::new(), Some(payload.clone()))
        }
    }
}

impl LocalCall {
    /// How a captured call differs; nothing when it is this one.
    pub fn difference(&self, seen: &Exchange) -> Option<String> {
        if seen.listener != self.listener {
            return Some(format!("sent to {} instead of {}", seen.listener, self.listener));
        }
        if seen.method != self.method {
            return Some(format!("method {} instead of {}", seen.method, self.method));
        }
        if seen.path.trim_end_matches('/') != self.path {
            return Some(format!("path {} instead of {}", seen.path, self.path));
        }
        let query: Vec<(String, String)> =
            url::form_urlencoded::parse(seen.query.as_deref().unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        if query != self.query {
            return Some(format!("query {query:?} instead of {:?}", self.query));
        }
        self.body_difference(seen)
    }

    fn body_difference(&self, seen: &Exchange) -> Option<String> {
        let Some(body) = &self.body else {
            return (seen.request_body_bytes > 0).then(|| "a body where none belongs".to_owned());
        };
        let Ok(sent) = serde_json::from_str::<Value>(&seen.request_body) else {
            return Some("a body that is no JSON".to_owned());
        };
        changed_member(body, &sent)
    }
}

/// The first member of an object that another object holds differently, names only.
pub fn changed_member(wanted: &Value, seen: &Value) -> Option<String> {
    let (Some(wanted), Some(seen)) = (wanted.as_object(), seen.as_object()) else {
        return (wanted != seen).then(|| "another value".to_owned());
    };
    for (name, value) in wanted {
        match seen.get(name) {
            None => return Some(format!("the member {name:?} is missing")),
            Some(other) if other != value => return Some(format!("the member {name:?} changed")),
            Some(_) => {}
        }
    }
    seen.keys().find(|name| !wanted.contains_key(*name)).map(|name| format!("{name:?} was added"))
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::exchange;
    use super::*;

    fn seen(listener: &str, method: &str, path: &str) -> Exchange {
        Exchange {
            listener: listener.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            ..exchange("img.project", 200)
        }
    }

    #[test]
    fn a_delete_names_its_project_in_the_path() {
        let call = demanded(TaskType::DeleteImaging, &json!({"imaging_project_id": "p"}));
        assert_eq!(call.difference(&seen("imaging-api", "DELETE", "/projects/p")), None);
        let by_query = Exchange {
            query: Some("imaging_project_id=p".to_owned()),
            ..seen("imaging-api", "DELETE", "/projects")
        };
        assert!(call.difference(&by_query).is_some());
        assert!(call.difference(&seen("data-access-api", "DELETE", "/projects/p")).is_some());
    }

    #[test]
    fn an_encoded_query_is_compared_decoded() {
        let payload = json!({"imaging_project_id": "p", "encoded_query": "U0VM-_8="});
        let call = demanded(TaskType::GetImagingStatus, &payload);
        let path = "/retrieval/import_status_count/p";
        let good = Exchange {
            query: Some("encoded_query=U0VM-_8%3D".to_owned()),
            ..seen("imaging-api", "GET", path)
        };
        assert_eq!(call.difference(&good), None);
        assert!(call.difference(&seen("imaging-api", "GET", path)).is_some());
    }

    #[test]
    fn a_body_must_be_the_payload_whole() {
        let call = demanded(TaskType::UpdateUserProfile, &json!({"email": "a@b", "more": [1.5]}));
        let sent = |body: &str| Exchange {
            request_body: body.to_owned(),
            request_body_bytes: body.len() as u64,
            ..seen("imaging-api", "PUT", "/users")
        };
        assert_eq!(call.difference(&sent(r#"{"more":[1.5],"email":"a@b"}"#)), None);
        let lost = call.difference(&sent(r#"{"email":"a@b"}"#)).expect("a member is missing");
        assert!(lost.contains("more") && !lost.contains("a@b"), "{lost}");
        assert!(call.difference(&sent(r#"{"email":"a@b","more":[1.5],"x":1}"#)).is_some());
    }
}
