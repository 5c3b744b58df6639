//! TRUST-SVC-01 and ROT-SITE-01: who is let in.

use contract::edition::EditionId;
use contract::key::Secret;
use reqwest::Method;
use serde_json::json;

use crate::world::{EVERYBODY, World, answer, with_key, with_proof};

const MISSING: &str = "Not authenticated: trust-internal service key is missing.";
const WRONG: &str = "Invalid trust-internal service key.";
const NOT_CONFIGURED: &str = "Trust-internal service auth not configured.";
const HEADER: &str = "X-Trust-Internal-Service-Key";

const DATA_ROUTES: &[&str] = &[
    "/cohort",
    "/cohort/",
    "/cohort/dataframe",
    "/cohort/accession-ids",
    "/cohort/snapshot",
    "/cohort/snapshot/delete",
];
const IMAGING_ROUTES: &[(Method, &str)] = &[
    (Method::GET, "/imaging/ping_pacs"),
    (Method::GET, "/imaging/ping_pacs/1"),
    (Method::POST, "/projects/create-project-from-central-hub-project"),
    (Method::GET, "/projects"),
    (Method::GET, "/projects/1"),
    (Method::DELETE, "/projects/1"),
    (Method::GET, "/retrieval/import_status_count/1"),
    (Method::PUT, "/retrieval/reimport_imaging_project_studies/1"),
    (Method::GET, "/users"),
    (Method::POST, "/users"),
    (Method::PUT, "/users"),
    (Method::PUT, "/users/add-to-project/ann/1"),
    (Method::POST, "/download/images/net-1"),
    (Method::PUT, "/upload/images/net-1"),
];

#[tokio::test]
async fn every_route_but_health_refuses_a_missing_an_empty_and_a_wrong_key() {
    let world = World::of(EditionId::DEFAULT);
    let data = DATA_ROUTES.iter().map(|path| (Method::POST, *path));
    let imaging = IMAGING_ROUTES.iter().cloned();
    let calls = data
        .map(|(method, path)| world.data(method, path))
        .chain(imaging.map(|(method, path)| world.imaging(method, path)));
    for call in calls {
        let copy = || call.try_clone().expect("no stream");
        let shown = format!("{:?}", copy().build().expect("a request"));
        assert_eq!(answer(copy()).await, (401, json!({"detail": MISSING})), "{shown}");
        let empty = answer(copy().header(HEADER, "")).await;
        assert_eq!(empty, (401, json!({"detail": MISSING})), "{shown}");
        let wrong = answer(copy().header(HEADER, "wrong")).await;
        assert_eq!(wrong, (401, json!({"detail": WRONG})), "{shown}");
        // Positive control: the right key gets past the door.
        assert_ne!(answer(with_key(copy())).await.0, 401, "{shown}");
    }
    for call in [world.data(Method::GET, "/health"), world.imaging(Method::GET, "/health")] {
        let (status, body) = answer(call).await;
        assert_eq!((status, body["status"].as_str()), (200, Some("ok")));
    }
}

#[tokio::test]
async fn a_site_without_a_key_says_so() {
    let world = World::with(EditionId::DEFAULT, |options| options.site_key = Secret::from(""));
    let shown = world.data(Method::POST, "/cohort").header(HEADER, "any");
    assert_eq!(answer(shown).await, (401, json!({"detail": NOT_CONFIGURED})));
    let (status, reply) = answer(world.data(Method::POST, "/cohort")).await;
    assert_eq!((status, reply["detail"].as_str()), (401, Some(MISSING)));
}

#[tokio::test]
async fn a_write_that_defines_a_cohort_needs_the_admin_proof() {
    let world = World::of(EditionId::DEFAULT);
    let body = json!({"encrypted_project_id": world.sealed_project(), "query": EVERYBODY});
    for path in ["/cohort/snapshot", "/cohort/snapshot/delete"] {
        let call = || world.data(Method::POST, path).json(&body);
        let refused = json!({"detail": "Not authorised to define the cohort snapshot."});
        assert_eq!(answer(with_key(call())).await, (403, refused.clone()));
        let wrong = with_key(call()).header("X-Cohort-Admin-Key", "wrong");
        assert_eq!(answer(wrong).await, (403, refused));
        assert_eq!(answer(with_proof(call())).await.0, 200);
    }
    // The proof alone is no key.
    let proof_only = contract::key::cohort_admin_proof(crate::world::PAYLOAD_KEY);
    let call =
        world.data(Method::POST, "/cohort/snapshot").header("X-Cohort-Admin-Key", proof_only);
    assert_eq!(answer(call.json(&body)).await.0, 401);
}

#[tokio::test]
async fn editions_without_the_proof_have_no_snapshots() {
    let world = World::of(EditionId::V2026_07);
    let body = json!({"encrypted_project_id": world.sealed_project(), "query": EVERYBODY});
    let call = world.data(Method::POST, "/cohort/snapshot").json(&body);
    assert_eq!(answer(with_proof(call)).await.0, 404);
}

#[tokio::test]
async fn each_broken_habit_opens_its_own_door_only() {
    type Turn = fn(&mut mock_trust::site::habits::SiteHabits);
    let turns: [(Turn, [u16; 3]); 3] = [
        (|habits| habits.accepts_missing_site_key = true, [200, 401, 403]),
        (|habits| habits.accepts_wrong_site_key = true, [401, 200, 403]),
        (|habits| habits.accepts_write_without_proof = true, [401, 401, 200]),
    ];
    for (turn, expected) in turns {
        let world = World::with(EditionId::DEFAULT, |options| turn(&mut options.habits));
        let body = json!({"encrypted_project_id": world.sealed_project(), "query": EVERYBODY});
        let ping = || world.imaging(Method::GET, "/imaging/ping_pacs");
        let snapshot = world.data(Method::POST, "/cohort/snapshot").json(&body);
        let seen = [
            answer(ping()).await.0,
            answer(ping().header(HEADER, "wrong")).await.0,
            answer(with_key(snapshot)).await.0,
        ];
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn mixed_keys_fail_with_the_401_text_and_one_key_everywhere_works() {
    let world = World::of(EditionId::DEFAULT);
    let id = world.project(json!([])).await["ID"].as_str().expect("an id").to_owned();
    let status = format!("/retrieval/import_status_count/{id}?encoded_query=U0VMRUNUIDE%3D");
    assert_eq!(world.ask_imaging(Method::GET, &status, None).await.0, 200);
    for service in ["data_access_key", "imaging_key"] {
        let order = world.control(Method::PUT, "settings").json(&json!({(service): "another"}));
        assert_eq!(answer(order).await.0, 200);
        let refused = (401, json!({"detail": WRONG}));
        assert_eq!(world.ask_imaging(Method::GET, &status, None).await, refused, "{service}");
        let order = world
            .control(Method::PUT, "settings")
            .json(&json!({(service): crate::world::SITE_KEY}));
        assert_eq!(answer(order).await.0, 200);
        assert_eq!(world.ask_imaging(Method::GET, &status, None).await.0, 200, "{service}");
    }
}
