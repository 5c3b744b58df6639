use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::rig::{Hub, Plan};

#[tokio::test]
async fn a_node_with_an_fl_endpoint_joins_it_under_its_slot_and_tells_the_hub_nothing_of_it() {
    let endpoint = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = endpoint.local_addr().expect("bound").to_string();
    let hub = Hub::honest().await;
    let plan = Plan::new(&hub).set("FL_ENDPOINT", &address).set("FL_KIT_SLOT", "Trust_7");
    let rig = plan.start().await;

    let (stream, _) = endpoint.accept().await.expect("the client calls");
    let (read, mut write) = stream.into_split();
    let hello = BufReader::new(read).lines().next_line().await.expect("reads").expect("a line");
    let hello: Value = serde_json::from_str(&hello).expect("JSON");
    assert_eq!((&hello["type"], &hello["slot"]), (&json!("hello"), &json!("Trust_7")));
    write.write_all(b"{\"type\":\"welcome\",\"server\":\"s\"}\n").await.expect("answers");
    rig.wait_for_line(&format!("Joined {address} as Trust_7")).await;
    hub.wait("/api/tasks/pending", 2).await;
    let loop_paths = ["/api/trust/heartbeat", "/api/tasks/pending"];
    assert!(hub.seen().iter().all(|seen| loop_paths.contains(&seen.path.as_str())));
}

#[tokio::test]
async fn an_fl_endpoint_without_a_slot_is_exit_one() {
    let hub = Hub::honest().await;
    let plan = Plan::new(&hub).set("FL_ENDPOINT", "127.0.0.1:9").unset("FL_KIT_SLOT");
    let error = plan.try_start().await.err().expect("refused");
    assert_eq!(error.exit_code(), 1);
    assert!(hub.seen().is_empty());
}
