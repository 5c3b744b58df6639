//! Registration, keys, lists.

use contract::edition::Registry;
use serde_json::Value;

use super::guide::{ADMIN, EXPIRED, Guide, INTERNAL, JSON, USER};

pub(super) async fn visit(guide: &mut Guide) {
    if guide.domain.edition.registry == Registry::Database {
        create(guide).await;
        recreate(guide).await;
    }
    lists(guide).await;
    upkeep(guide).await;
}

async fn create(guide: &mut Guide) {
    let path = "/api/admin/trusts";
    let admin = [ADMIN, JSON];
    let first = (
        "POST",
        path,
        &admin[..],
        r#"{"name":" Alpha Hospital ","code":" ALPHA ","region":" London "}"#,
    );
    let said = guide.ask(first).await;
    let reply: Value = serde_json::from_str(&said.body).unwrap_or_default();
    let key = reply["trust_api_key"].as_str().unwrap_or("none").to_owned();
    guide.ask(("POST", "/api/trust/heartbeat", &[("X-Key", &key)], "")).await;
    for body in [
        r#"{"name":"Alpha Hospital","code":"X"}"#,
        r#"{"name":"ALPHA HOSPITAL","code":"X"}"#,
        r#"{"name":"  ","code":"X"}"#,
        r#"{"name":"X","code":"  "}"#,
        r#"{"name":"X","code":""}"#,
        r#"{"name":"X"}"#,
        "",
        "{",
    ] {
        guide.ask(("POST", path, &admin, body)).await;
    }
    guide.ask(("POST", "/api/trust/heartbeat", &[("X-Key", &key)], "")).await;
    let other = r#"{"name":"Other","code":"O"}"#;
    for headers in [&[JSON][..], &[USER, JSON], &[EXPIRED, JSON], &[("X-Key", &key), JSON]] {
        guide.ask(("POST", path, headers, other)).await;
    }
    guide.ask_twice(("POST", path, &admin, r#"{"name":"Same","code":"S"}"#)).await;
    for name in ["Beta", "Gamma", "Delta", "Epsilon"] {
        let body = format!(r#"{{"name":"{name}","code":"C"}}"#);
        guide.ask(("POST", path, &admin, &body)).await;
    }
    guide.note(guide.domain.trust_count());
    guide.domain.change_settings(|settings| settings.slot_names.push("Trust_9".into()));
    guide.ask(("POST", path, &admin, r#"{"name":"Ninth","code":"N"}"#)).await;
}

async fn recreate(guide: &mut Guide) {
    let ids: Vec<_> = guide.domain.trusts().iter().map(|trust| trust.id).collect();
    for id in ids {
        let report = guide.domain.delete(id, &guide.habits);
        guide.note(report);
    }
    let first = guide.register("First");
    let key = first.api_key.expose().to_owned();
    guide.ask(("POST", "/api/trust/heartbeat", &[("X-Key", &key)], "")).await;
    guide.domain.delete(first.trust.id, &guide.habits);
    guide.ask(("POST", "/api/trust/heartbeat", &[("X-Key", &key)], "")).await;
    let again = guide.register("First");
    guide.note((&again.trust.id, again.trust.id == first.trust.id, &again.trust.slot));
    guide.domain.reset(&guide.habits);
    let key = again.api_key.expose().to_owned();
    guide.wait_secs(120);
    guide.ask(("POST", "/api/trust/heartbeat", &[("X-Key", &key)], "")).await;
}

async fn lists(guide: &mut Guide) {
    let one = guide.register("Listed");
    guide.wait_secs(61);
    let key = one.api_key.expose().to_owned();
    let own = [("X-Key", key.as_str())];
    guide.ask(("POST", "/api/trust/heartbeat", &own, "")).await;
    for wait in [0, 29, 2, 20, 60] {
        guide.wait_secs(wait);
        guide.ask(("GET", "/api/trust/health", &[USER], "")).await;
    }
    guide.ask(("GET", "/api/tasks/pending", &own, "")).await;
    for headers in [&[USER][..], &[EXPIRED], &own, &[]] {
        guide.ask(("GET", "/api/trust", headers, "")).await;
        guide.ask(("GET", "/api/trust/health", headers, "")).await;
    }
    guide.domain.delete(one.trust.id, &guide.habits);
}

async fn upkeep(guide: &mut Guide) {
    let status = "/api/model/00000000-0000-4000-8000-000000000000/status/RESULTS_UPLOADED";
    let old = guide.domain.internal_key().value().cloned().expect("a key");
    let unforced = guide.domain.rotate_internal_key(None, false, &guide.habits);
    guide.note(unforced == Some(old));
    let forced = guide.domain.rotate_internal_key(None, true, &guide.habits).expect("a key");
    for key in [INTERNAL, forced.expose()] {
        guide.ask(("PUT", status, &[("X-Internal-Service-Key", key)], "")).await;
    }
    guide.domain.rotate_internal_key(Some(INTERNAL.into()), true, &guide.habits);
}
