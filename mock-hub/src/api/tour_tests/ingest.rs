//! Cohort counts, FL ingest, documents, the edge, and a hub in trouble.

use uuid::Uuid;

use super::guide::{ADMIN, Guide, INTERNAL, JSON};
use crate::domain::Registered;
use crate::habits::{Database, Duty};

const MODEL: Uuid = Uuid::from_u128(0xfba);
const SHARED: Uuid = Uuid::from_u128(0xfbb);
const QUERY: Uuid = Uuid::from_u128(0xed1);

pub(super) async fn visit(guide: &mut Guide) {
    let (one, two) = (guide.register("Fore"), guide.register("Aft"));
    guide.wait_secs(120);
    guide.domain.add_model(Some(MODEL), [one.trust.id]);
    guide.domain.ask_query(Some(QUERY), [one.trust.id]);
    counts(guide, &one, &two).await;
    metrics(guide, &one).await;
    shared(guide, &one, &two).await;
    logs(guide, &one, &two).await;
    statuses(guide).await;
    trouble(guide, &one).await;
    outside(guide, &one).await;
}

async fn counts(guide: &mut Guide, one: &Registered, two: &Registered) {
    let rest = r#""created":"2026-11-21","data":[]"#;
    let body = |query: Uuid, trust: Uuid, count: &str, more: &str| {
        format!(
            r#"{{"query_id":"{query}","trust_id":"{trust}","record_count":{count},{rest}{more}}}"#
        )
    };
    let (first, second) = (one.trust.id, two.trust.id);
    for (sender, body) in [
        (one, body(QUERY, first, "42", "")),
        (one, body(QUERY, first, "\"12\"", "")),
        (one, body(QUERY, first, "-1", "")),
        (one, body(QUERY, first, "NaN", "")),
        (one, body(QUERY, second, "1", "")),
        (one, body(Uuid::nil(), first, "1", "")),
        (two, body(QUERY, second, "8", "")),
        (one, body(QUERY, first, "0", r#","error":"500: relation person""#)),
    ] {
        let key = sender.api_key.expose();
        guide.ask(("POST", "/api/cohort/results", &[("X-Key", key), JSON], &body)).await;
        guide.note(guide.domain.aggregate(QUERY, &guide.habits.cohort));
    }
    guide.domain.ask_query(Some(QUERY), [second]);
    let late = body(QUERY, second, "8", "");
    let key = two.api_key.expose();
    guide.ask(("POST", "/api/cohort/results", &[("X-Key", key), JSON], &late)).await;
    guide.note(guide.domain.aggregate(QUERY, &guide.habits.cohort));
}

/// A model of two trusts: a row may get under the wrong one.
async fn shared(guide: &mut Guide, one: &Registered, two: &Registered) {
    guide.domain.add_model(Some(SHARED), [one.trust.id, two.trust.id]);
    let slot = one.trust.slot.clone().expect("it has a slot").name;
    let path = format!("/api/model/{SHARED}/metrics");
    let body = format!(
        r#"{{"fl_client_name":"{slot}","trust":"{slot}","globalRound":1,"global_round":1,"label":"l","result":0.5}}"#
    );
    guide.ask(("POST", &path, &[("X-Internal-Service-Key", INTERNAL), JSON], &body)).await;
    guide.note(guide.domain.model(SHARED));
}

async fn metrics(guide: &mut Guide, one: &Registered) {
    let slot = one.trust.slot.clone().expect("it has a slot").name;
    let path = format!("/api/model/{MODEL}/metrics");
    let body = |client: &str, more: &str| {
        format!(
            r#"{{"fl_client_name":"{client}","trust":"{client}","globalRound":3,"global_round":3,"label":"loss","result":0.25{more}}}"#
        )
    };
    for body in [
        body(&slot, ""),
        body(&slot, r#","x_value":7,"x_label":"epoch""#),
        body(&slot, r#","x_label":"""#),
        body("Trust_99", ""),
        body(&one.trust.name, ""),
        body("Aft", ""),
        body("Trust_2", ""),
        r#"{"label":"loss","result":0.5,"global_round":0}"#.into(),
        format!(
            r#"{{"fl_client_name":"{slot}","trust":"{slot}","globalRound":1,"global_round":1,"label":"l","result":NaN}}"#
        ),
    ] {
        guide.ask(("POST", &path, &[("X-Internal-Service-Key", INTERNAL), JSON], &body)).await;
    }
    let key = one.api_key.expose();
    for headers in [
        &[JSON][..],
        &[("X-Internal-Service-Key", "nope"), JSON],
        &[("X-Internal-Service-Key", key), JSON],
        &[("X-Key", key), JSON],
    ] {
        guide.ask(("POST", &path, headers, "{}")).await;
    }
    guide.note(guide.domain.model(MODEL));
}

async fn logs(guide: &mut Guide, one: &Registered, two: &Registered) {
    let slot = one.trust.slot.clone().expect("it has a slot").name;
    let other = two.trust.slot.clone().expect("it has a slot").name;
    let path = format!("/api/model/{MODEL}/logs");
    for body in [
        format!(r#"{{"fl_client_name":"{slot}","trust":"{slot}","log":"a"}}"#),
        format!(r#"{{"fl_client_name":"{other}","trust":"{other}","log":"a"}}"#),
        format!(r#"{{"trust":"{slot}","log":"ValueError: boom"}}"#),
        r#"{"log":"a"}"#.into(),
        r#"{"log":"a","event_type":"E","global_round":1}"#.into(),
        r#"{"event_type":"E"}"#.into(),
        r#"{"event_type":"E","global_round":1,"details":{"a":1}}"#.into(),
        "{}".into(),
    ] {
        guide.ask(("POST", &path, &[("X-Internal-Service-Key", INTERNAL), JSON], &body)).await;
    }
    guide.note(guide.domain.model(MODEL));
}

async fn statuses(guide: &mut Guide) {
    let headers = [("X-Internal-Service-Key", INTERNAL)];
    let unknown = format!("/api/model/{}/status/PREPARED", Uuid::nil());
    guide.ask(("PUT", &unknown, &headers, "")).await;
    for word in ["TRAINING_STARTED", "prepared", "SIDEWAYS", "STOPPED", "ERROR"] {
        let path = format!("/api/model/{MODEL}/status/{word}");
        guide.ask(("PUT", &path, &headers, "")).await;
        guide.note(guide.domain.model(MODEL).map(|model| model.status));
    }
    let silent = Uuid::from_u128(0x51);
    guide.domain.add_model(Some(silent), []);
    guide.ask(("PUT", &format!("/api/model/{silent}/status/PREPARED"), &headers, "")).await;
    guide.wait_secs(45 * 60);
    guide.note(guide.domain.model(silent).map(|model| model.status));
}

async fn trouble(guide: &mut Guide, one: &Registered) {
    let status = format!("/api/model/{MODEL}/status/PENDING");
    let internal = [("X-Internal-Service-Key", INTERNAL)];
    guide.ask(("PUT", &status, &internal, "")).await;
    guide
        .ask_with(|h| h.conditions.status_write = Duty::Broken, ("PUT", &status, &internal, ""))
        .await;
    let key = one.api_key.expose();
    for ask in [
        ("GET", "/api/health", &[][..], ""),
        ("GET", "/api/trust", &[ADMIN][..], ""),
        ("POST", "/api/cohort/results", &[("X-Key", key), JSON][..], "{}"),
        ("PUT", &status, &internal[..], ""),
    ] {
        guide.ask_with(|h| h.conditions.database = Database::Away, ask).await;
    }
}

async fn outside(guide: &mut Guide, one: &Registered) {
    let status = format!("/api/model/{MODEL}/status/PENDING");
    let key = one.api_key.expose();
    for (production, behind_edge) in [(false, false), (true, false), (true, true)] {
        guide.domain.change_settings(|settings| {
            settings.production = production;
            settings.behind_edge = behind_edge;
        });
        for path in ["/", "/api", "/api/health", "/api/docs", "/api/openapi.json", "/api/nope"] {
            guide.ask(("GET", path, &[], "")).await;
        }
        guide.ask(("POST", "/api/cohort/results", &[("X-Key", key), JSON], "{}")).await;
        guide.ask(("PUT", &status, &[("X-Internal-Service-Key", INTERNAL)], "")).await;
    }
}
