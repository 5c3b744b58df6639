//! Each transport fault as a caller meets it.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use wiretap::{ArmError, Family, FaultOrder, Filter};

use crate::client::{ask, converse, eventually, get, request};
use crate::stand::{PLAIN, Stand};

#[tokio::test]
async fn without_a_fault_the_handler_answers() {
    let stand = Stand::start();
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!((heard.status(), heard.body().as_str(), heard.broken), (200, PLAIN, None));
    assert_eq!(stand.only().fault, None);
}

#[tokio::test]
async fn latency_delays_and_a_removed_fault_ends_the_wait() {
    let stand = Stand::start();
    stand.arm("latency", json!({"ms": 120}));
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!(heard.status(), 200);
    assert!(heard.took >= Duration::from_millis(120), "{heard:?}");
    stand.faults.clear();

    let id = stand.arm("latency", json!({"ms": 600_000, "when": "after-handler"}));
    let asked = tokio::spawn(get(stand.listener.addr(), "/plain"));
    eventually("the handler", || (stand.handled() == 2, stand.handled())).await;
    assert!(stand.faults.disarm(&id));
    assert_eq!(asked.await.unwrap().status(), 200);
}

#[tokio::test]
async fn hang_never_answers_until_it_is_removed() {
    let stand = Stand::start();
    let id = stand.arm("hang", json!({}));
    let asked = tokio::spawn(get(stand.listener.addr(), "/plain"));
    eventually("a hit", || {
        let standing = stand.faults.standing();
        (standing[0].hits == 1, standing)
    })
    .await;
    assert_eq!(stand.journal.last_seq(), 0);
    stand.faults.disarm(&id);
    let heard = asked.await.unwrap();
    assert_eq!((heard.text().as_str(), heard.broken), ("", None));
    let record = stand.only();
    assert_eq!((record.status, record.route.as_str()), (0, "plain"));
    assert_eq!(record.fault.as_deref(), Some("hang"));
    assert_eq!(stand.handled(), 0);
    assert_eq!(get(stand.listener.addr(), "/plain").await.status(), 200);
}

#[tokio::test]
async fn a_hang_ends_when_the_peer_goes() {
    let stand = Stand::start();
    stand.arm("hang", json!({"when": "after-handler"}));
    let mut tcp = TcpStream::connect(stand.listener.addr()).await.unwrap();
    tcp.write_all(request("GET /plain", &["x-trust: t-4"], "").as_bytes()).await.unwrap();
    eventually("the handler", || (stand.handled() == 1, stand.handled())).await;
    drop(tcp);
    eventually("the record", || (stand.journal.last_seq() == 1, stand.journal.last_seq())).await;
    let record = stand.only();
    assert_eq!((record.status, record.trust_id.as_deref()), (0, Some("t-4")));
}

#[tokio::test]
async fn drip_sends_piece_by_piece_and_a_removed_drip_lets_the_rest_go() {
    let stand = Stand::start();
    stand.arm("drip", json!({"every_ms": 10}));
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!((heard.status(), heard.body().as_str()), (200, PLAIN));
    assert!(heard.took >= Duration::from_millis(10) * 16, "{heard:?}");
    assert!(heard.reads > 8, "{heard:?}");
    stand.faults.clear();

    let id = stand.arm("drip", json!({"every_ms": 600_000, "bytes": 3, "part": "response"}));
    let asked = tokio::spawn(get(stand.listener.addr(), "/plain"));
    eventually("the handler", || (stand.handled() == 2, stand.handled())).await;
    stand.faults.disarm(&id);
    assert_eq!(asked.await.unwrap().body(), PLAIN);
}

#[tokio::test]
async fn reset_is_a_reset_before_or_after_the_handler() {
    let stand = Stand::start();
    stand.arm("reset", json!({}));
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!((heard.text().as_str(), heard.broken), ("", Some(ErrorKind::ConnectionReset)));
    assert_eq!(stand.handled(), 0);
    assert_eq!(stand.only().status, 0);
    stand.faults.clear();

    stand.arm("reset", json!({"when": "after-handler"}));
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!(heard.broken, Some(ErrorKind::ConnectionReset));
    assert_eq!(stand.handled(), 1);
    let record = &stand.journal.after(1, &Filter::default(), 9).exchanges[0];
    assert_eq!((record.status, record.auth.as_str()), (0, "missing"));
}

#[tokio::test]
async fn a_handler_may_tear_its_own_connection() {
    let stand = Stand::start();
    let heard = get(stand.listener.addr(), "/tears").await;
    assert_eq!(heard.broken, Some(ErrorKind::ConnectionReset));
    let record = stand.only();
    assert_eq!((record.status, record.route.as_str()), (0, "tears"));
    assert_eq!(record.fault.as_deref(), Some("reset"));
}

#[tokio::test]
async fn truncate_cuts_the_body_or_the_whole_response() {
    let stand = Stand::start();
    stand.arm("truncate", json!({"bytes": 5}));
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!((heard.status(), heard.body().as_str(), heard.broken), (200, &PLAIN[..5], None));
    assert_eq!(heard.header("content-length").as_deref(), Some("16"));
    stand.faults.clear();

    stand.arm("truncate", json!({"bytes": 12, "part": "response"}));
    assert_eq!(get(stand.listener.addr(), "/plain").await.text(), "HTTP/1.1 200");
    stand.faults.clear();

    stand.arm("truncate", json!({"bytes": 16}));
    assert_eq!(get(stand.listener.addr(), "/plain").await.body(), PLAIN);
    stand.faults.clear();

    stand.arm("truncate", json!({"bytes": 100_000}));
    let heard = get(stand.listener.addr(), "/long").await;
    assert_eq!(heard.body().len(), 100_000);
}

#[tokio::test]
async fn garbage_is_not_http() {
    let stand = Stand::start();
    stand.arm("garbage", json!({"text": "220 mail ready\r\n"}));
    let heard = get(stand.listener.addr(), "/plain").await;
    assert_eq!((heard.text().as_str(), heard.broken), ("220 mail ready\r\n", None));
    let record = stand.only();
    assert_eq!((record.status, record.response_body.as_str()), (0, "220 mail ready\r\n"));
    stand.faults.clear();
    stand.arm("garbage", json!({"bytes": [0, 255]}));
    assert_eq!(get(stand.listener.addr(), "/plain").await.bytes, [0, 255]);
}

#[tokio::test]
async fn status_redirect_and_body_take_the_handlers_place() {
    let stand = Stand::start();
    let addr = stand.listener.addr();
    stand.arm("status", json!({"code": 429, "body": "{}", "headers": {"Retry-After": "7"}}));
    let heard = get(addr, "/plain").await;
    assert_eq!((heard.status(), heard.body().as_str()), (429, "{}"));
    assert_eq!(heard.header("retry-after").as_deref(), Some("7"));
    assert_eq!(heard.header("content-type").as_deref(), Some("application/json"));
    let record = stand.only();
    assert_eq!((record.status, record.fault.as_deref()), (429, Some("status")));
    stand.faults.clear();

    stand.arm("status", json!({"code": 204}));
    let heard = get(addr, "/plain").await;
    assert_eq!((heard.status(), heard.body().as_str()), (204, ""));
    assert_eq!(heard.header("retry-after"), None);
    stand.faults.clear();

    stand.arm("redirect", json!({"code": 301, "location": "http://elsewhere.invalid/"}));
    let heard = get(addr, "/plain").await;
    assert_eq!(heard.status(), 301);
    assert_eq!(heard.header("location").as_deref(), Some("http://elsewhere.invalid/"));
    stand.faults.clear();

    stand.arm("body", json!({"text": "[1]"}));
    let heard = get(addr, "/plain").await;
    assert_eq!((heard.status(), heard.body().as_str()), (200, "[1]"));
    assert_eq!(stand.handled(), 0);
}

#[tokio::test]
async fn stripped_headers_are_gone_and_the_date_is_off() {
    let stand = Stand::start();
    let addr = stand.listener.addr();
    stand.arm("strip_request_header", json!({"name": "Authorization"}));
    ask(addr, "GET /plain", &["authorization: Bearer x"], "").await;
    let record = stand.only();
    assert_eq!(record.auth, "missing");
    assert!(record.request_header("authorization").is_some());
    stand.faults.clear();

    stand.arm("strip-response-header", json!({"name": "content-type"}));
    stand.arm("skew-date", json!({"secs": 0}));
    let heard = get(addr, "/plain").await;
    assert_eq!(heard.header("content-type"), None);
    let today = heard.header("date").unwrap();
    stand.faults.clear();

    stand.arm("skew-date", json!({"secs": -86_400 * 400}));
    let heard = get(addr, "/plain").await;
    assert!(heard.header("content-type").is_some());
    let then = heard.header("date").unwrap();
    assert_ne!(then[8..16], today[8..16], "{then} {today}");
}

#[tokio::test]
async fn a_fault_lasts_for_one_reply_of_a_connection_that_is_kept() {
    let stand = Stand::start();
    stand
        .faults
        .arm(FaultOrder {
            next: Some(1),
            params: json!({"every_ms": 5}).as_object().unwrap().clone(),
            ..FaultOrder::named("drip")
        })
        .unwrap();
    let twice =
        format!("GET /plain HTTP/1.1\r\nhost: mock\r\n\r\n{}", request("GET /plain", &[], ""));
    let tcp = TcpStream::connect(stand.listener.addr()).await.unwrap();
    let heard = converse(tcp, &twice).await;
    assert_eq!(heard.text().matches(PLAIN).count(), 2, "{heard:?}");
    let page = stand.journal.after(0, &Filter::default(), 9);
    let faults: Vec<_> = page.exchanges.iter().map(|e| e.fault.as_deref()).collect();
    assert_eq!(faults, [Some("drip"), None]);
    assert_eq!(page.exchanges[0].connection, page.exchanges[1].connection);
}

#[tokio::test]
async fn route_trust_and_next_choose_what_is_hit() {
    let stand = Stand::start();
    let addr = stand.listener.addr();
    let order = FaultOrder {
        route: Some("plain".into()),
        trust_id: Some("t-2".into()),
        next: Some(2),
        params: json!({"code": 503}).as_object().unwrap().clone(),
        ..FaultOrder::named("status")
    };
    stand.faults.arm(order).unwrap();
    let mut seen = Vec::new();
    for trust in ["x-trust: t-1", "x-trust: t-2", "x-trust: t-2", "x-trust: t-2"] {
        seen.push(ask(addr, "GET /plain", &[trust], "").await.status());
    }
    assert_eq!(seen, [200, 503, 503, 200]);
    let standing = stand.faults.standing();
    assert_eq!((standing[0].hits, standing[0].order.next), (2, Some(0)));
    assert!(!stand.faults.is_armed(Family::Transport));
}

#[tokio::test]
async fn probability_repeats_with_the_seed() {
    let rolls = || {
        let stand = Stand::start();
        let order = FaultOrder { probability: Some(0.5), ..FaultOrder::named("loses-result") };
        stand.faults.arm(order).unwrap();
        let roll = |_| stand.faults.take("loses-result", "echo", None).is_some();
        (0..64).map(roll).collect::<Vec<bool>>()
    };
    let first = rolls();
    assert_eq!(first, rolls());
    assert!(first.contains(&true) && first.contains(&false));
}

#[tokio::test]
async fn a_semantic_fault_is_left_alone_by_questions_about_others() {
    let stand = Stand::start();
    let order = FaultOrder { next: Some(1), ..FaultOrder::named("loses_result") };
    stand.faults.arm(order).unwrap();
    get(stand.listener.addr(), "/plain").await;
    assert!(stand.faults.take("other", "echo", None).is_none());
    let hits = stand.faults.matching(Family::Semantic, "echo", None);
    assert_eq!(hits.len(), 1);
    assert!(stand.faults.take("loses-result", "echo", None).is_none());
}

#[test]
fn what_could_never_happen_is_not_armed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _guard = runtime.enter();
    let faults = Stand::start().faults;
    let refused = |order: FaultOrder| faults.arm(order).unwrap_err();
    let unknown = refused(FaultOrder::named("latencyy"));
    assert_eq!(unknown.to_string(), "no fault is called \"latencyy\": did you mean latency?");
    let route = FaultOrder { route: Some("plane".into()), ..FaultOrder::named("hang") };
    assert!(refused(route).to_string().contains("did you mean plain?"));
    let never = FaultOrder { next: Some(0), ..FaultOrder::named("hang") };
    assert_eq!(refused(never), ArmError::Never);
    let above = FaultOrder { probability: Some(1.5), ..FaultOrder::named("hang") };
    assert_eq!(refused(above), ArmError::Probability);
    assert!(matches!(refused(FaultOrder::named("status")), ArmError::Params { .. }));
    assert!(faults.standing().is_empty());
}
