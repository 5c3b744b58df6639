//! The control API: journal, faults, listeners, settings, its document.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::edition::EditionId;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::{EVERYBODY, SITE_KEY, World, answer, client, with_key};

#[tokio::test]
async fn exchanges_are_recorded_by_route_and_hold_no_secret() {
    let world = World::of(EditionId::DEFAULT);
    world.ask_data("/cohort", &world.cohort(EVERYBODY)).await;
    answer(world.imaging(Method::GET, "/imaging/ping_pacs")).await;
    answer(world.data(Method::GET, "/nowhere")).await;
    let (status, page) = answer(world.control(Method::GET, "journal")).await;
    assert_eq!(status, 200);
    let exchanges = page["exchanges"].as_array().expect("a list");
    let seen: Vec<_> = exchanges
        .iter()
        .map(|e| ["listener", "route", "auth"].map(|name| e[name].as_str().expect("text")))
        .collect();
    assert_eq!(
        seen,
        [
            ["data-access-api", "da.cohort", "ok"],
            ["imaging-api", "img.ping_pacs", "missing"],
            ["data-access-api", "unknown", "none"],
        ]
    );
    assert!(!page.to_string().contains(SITE_KEY));
    assert!(page.to_string().contains(&contract::key::token(SITE_KEY)));
}

#[tokio::test]
async fn a_route_can_be_made_to_answer_anything() {
    let world = World::of(EditionId::DEFAULT);
    let body = world.cohort(EVERYBODY);
    world
        .arm(json!({"name": "status", "route": "da.cohort", "next": 1,
        "params": {"code": 500, "body": "{\"detail\": \"internal_error\"}"}}))
        .await;
    assert_eq!(world.ask_data("/cohort", &body).await, (500, json!({"detail": "internal_error"})));
    world
        .arm(json!({"name": "status", "route": "da.cohort", "next": 1, "params": {"code": 204}}))
        .await;
    assert_eq!(world.ask_data("/cohort", &body).await, (204, Value::Null));
    let version = "9".repeat(100);
    let health = json!({"status": "ok", "version": version}).to_string();
    world
        .arm(json!({"name": "body", "route": "da.health", "next": 1, "params": {"text": health}}))
        .await;
    let (_, reply) = answer(world.data(Method::GET, "/health")).await;
    assert_eq!(reply["version"].as_str().map(str::len), Some(100));
    // All three are spent.
    assert_eq!(world.ask_data("/cohort", &body).await.0, 200);
    let typo = json!({"name": "status", "route": "da.cohorts", "params": {"code": 500}});
    let (status, reply) = answer(world.control(Method::POST, "faults").json(&typo)).await;
    assert_eq!(status, 400);
    assert!(reply["error"].as_str().is_some_and(|text| text.contains("da.cohort")), "{reply}");
}

#[tokio::test]
async fn a_hanging_route_leaves_the_others_alone() {
    let world = World::of(EditionId::DEFAULT);
    world.arm(json!({"name": "hang", "route": "img.ping_pacs"})).await;
    let ping = with_key(world.imaging(Method::GET, "/imaging/ping_pacs"));
    let waited = timeout(Duration::from_millis(200), ping.send()).await;
    assert!(waited.is_err(), "no answer is expected");
    assert_eq!(answer(world.imaging(Method::GET, "/health")).await.0, 200);
    assert_eq!(answer(world.control(Method::DELETE, "faults")).await.0, 200);
    assert_eq!(world.ask_imaging(Method::GET, "/imaging/ping_pacs", None).await.0, 200);
}

#[tokio::test]
async fn every_listener_goes_down_and_comes_back() {
    let world = World::of(EditionId::DEFAULT);
    let omop = world.site.omop_addr();
    let addresses = [
        ("data-access-api", world.site.data_access_url()),
        ("imaging-api", world.site.imaging_url()),
        ("xnat", world.site.xnat_url()),
        ("omop", format!("http://{omop}")),
    ];
    for (name, url) in addresses {
        let address = url.trim_start_matches("http://").to_owned();
        assert!(TcpStream::connect(&address).await.is_ok(), "{name}");
        for (state, reachable) in [("down", false), ("up", true)] {
            let path = format!("listeners/{name}");
            let order = world.control(Method::POST, &path).json(&json!({"state": state}));
            assert_eq!(answer(order).await.0, 200);
            assert_eq!(TcpStream::connect(&address).await.is_ok(), reachable, "{name} {state}");
        }
    }
}

#[tokio::test]
async fn xnat_tells_its_build_and_omop_takes_connections() {
    let world = World::of(EditionId::DEFAULT);
    let url = format!("{}/xapi/siteConfig/buildInfo", world.site.xnat_url());
    let (status, build) = answer(world.get(url)).await;
    assert_eq!(status, 200);
    assert!(build["version"].is_string());
    drop(TcpStream::connect(world.site.omop_addr()).await.expect("open"));
    let (_, page) =
        answer(world.control(Method::GET, "connections?listener=omop&wait_ms=5000")).await;
    assert_eq!(page["connections"][0]["outcome"], json!("accepted"), "{page}");
}

#[tokio::test]
async fn the_api_is_guarded_strict_and_documented() {
    let world = World::of(EditionId::DEFAULT);
    let bare = client().get(format!("{}/control/status", world.site.control_url()));
    let (status, reply) = answer(bare).await;
    assert_eq!(status, 401);
    assert!(reply["error"].is_string());
    for body in [json!({"treshold": 1}), json!({"cohort_threshold": 0})] {
        let (status, reply) = answer(world.control(Method::PUT, "settings").json(&body)).await;
        assert_eq!(status, 400);
        assert!(!reply["error"].as_str().expect("a line").contains('\n'));
    }
    let (_, status) = answer(world.control(Method::GET, "status")).await;
    assert_eq!((&status["edition"], &status["persons"]), (&json!("2026.09"), &json!(200)));
    assert!(!status.to_string().contains(SITE_KEY));

    let document = client().get(format!("{}/control/openapi.json", world.site.control_url()));
    let (_, document) = answer(document).await;
    let documented: BTreeSet<String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .into_iter()
                .flat_map(serde_json::Map::keys)
                .map(move |m| format!("{m} {path}"))
        })
        .collect();
    let served = [
        "get /control/journal",
        "get /control/connections",
        "get /control/faults",
        "post /control/faults",
        "delete /control/faults",
        "delete /control/faults/{id}",
        "post /control/listeners/{name}",
        "get /control/status",
        "put /control/settings",
    ];
    assert_eq!(documented, served.map(str::to_owned).into());
    for operation in served {
        let (method, path) = operation.split_once(' ').expect("two words");
        let path = path.trim_start_matches("/control/").replace("{id}", "x").replace("{name}", "x");
        let method = method.to_uppercase().parse().expect("a method");
        let (status, reply) = answer(world.control(method, &path)).await;
        let unserved =
            reply["error"].as_str().is_some_and(|text| text.contains("openapi.json lists"));
        assert!(status != 405 && !unserved, "{operation}: {status} {reply}");
    }
}

#[tokio::test]
async fn a_stopped_and_a_dropped_site_leave_no_port_open() {
    for stop in [true, false] {
        let world = World::of(EditionId::DEFAULT);
        let addresses = [
            world.site.data_access_url(),
            world.site.imaging_url(),
            world.site.xnat_url(),
            world.site.control_url(),
        ];
        let mut held = TcpStream::connect(world.site.omop_addr()).await.expect("open");
        if stop {
            world.site.stop().await;
        } else {
            drop(world);
        }
        let mut byte = [0];
        let end =
            timeout(Duration::from_secs(5), held.read(&mut byte)).await.expect("closed in time");
        assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
        for url in addresses {
            let address = url.trim_start_matches("http://");
            let closed = async {
                while TcpStream::connect(address).await.is_ok() {
                    tokio::task::yield_now().await;
                }
            };
            timeout(Duration::from_secs(5), closed).await.expect("closed in time");
        }
    }
}
