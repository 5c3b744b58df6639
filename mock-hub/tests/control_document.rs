//! The OpenAPI document of the control API against its routes.

mod support;

use std::collections::BTreeSet;

use mock_hub::HubOptions;
use mock_hub::control::ROUTES;
use reqwest::Method;
use serde_json::Value;
use support::{TestHub, client};

/// Paths of the shared part; whoever adds one there adds it here.
const SHARED: &[&str] = &[
    "/control/connections",
    "/control/faults",
    "/control/faults/{id}",
    "/control/journal",
    "/control/listeners/{name}",
];

const METHODS: [Method; 5] =
    [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH];

#[tokio::test]
async fn every_route_is_in_the_document_and_every_documented_route_answers() {
    let hub = TestHub::start(HubOptions::default()).await;
    let url = format!("{}/control/openapi.json", hub.hub.control_url());
    let document: Value =
        client().get(url).send().await.expect("no token needed").json().await.expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let documented: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    let served: BTreeSet<&str> =
        ROUTES.iter().map(|(path, _)| *path).chain(SHARED.iter().copied()).collect();
    assert_eq!(documented, served);
    for (path, operations) in paths {
        let id = "00000000-0000-4000-8000-000000000000";
        let concrete = path.replace("{id}", id).replace("{name}", "nobody");
        for method in METHODS {
            let listed = operations.get(method.as_str().to_lowercase()).is_some();
            let body = Some(serde_json::json!({"no such member": 1}));
            let (status, reply) = hub.try_control(method.clone(), &concrete, body).await;
            assert_eq!(status != 405, listed, "{method} {path}: {status} {reply}");
        }
    }
}
