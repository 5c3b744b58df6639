//! data-access-api: counts, rows and snapshots.

use contract::edition::EditionId;
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{EVERYBODY, PROJECT, World, answer, with_proof};

#[tokio::test]
async fn counts_come_in_four_groups_under_the_ids_of_the_request() {
    let world = World::of(EditionId::DEFAULT);
    let (status, reply) = world.ask_data("/cohort", &world.cohort(EVERYBODY)).await;
    assert_eq!(status, 200, "{reply}");
    let members: Vec<_> = reply.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["created", "data", "query_id", "record_count", "suppressed", "trust_id"]);
    assert_eq!((&reply["query_id"], &reply["record_count"]), (&json!("q-1"), &json!(200)));
    assert_eq!(reply["suppressed"], json!(false));
    assert_eq!(reply["created"].as_str().map(str::len), Some(10));
    let groups = reply["data"].as_array().expect("groups");
    let names: Vec<_> = groups.iter().map(|group| group["name"].as_str()).collect();
    let expected = ["Counts", "Nulls", "Age Distribution", "Sex Distribution"].map(Some);
    assert_eq!(names, expected);
    let columns: Vec<_> =
        groups[1]["results"].as_array().expect("bars").iter().map(|bar| &bar["value"]).collect();
    assert_eq!(columns.len(), 4);
    assert!(columns.contains(&&json!("year\nof\nbirth")));
    for group in &groups[2..] {
        let bars = group["results"].as_array().expect("bars");
        let sum: u64 = bars.iter().map(|bar| bar["count"].as_u64().expect("a count")).sum();
        assert_eq!(sum, 200, "{group}");
    }
}

#[tokio::test]
async fn a_small_cohort_is_suppressed_or_refused_by_edition() {
    let nine = "SELECT * FROM person LIMIT 9";
    for edition in EditionId::ALL {
        let world = World::of(edition);
        let suppresses = edition.row().small_cohort == contract::edition::SmallCohort::Suppressed;
        for query in [nine, "SELECT * FROM person WHERE person_id < 0"] {
            let (status, reply) = world.ask_data("/cohort", &world.cohort(query)).await;
            if suppresses {
                assert_eq!(status, 200, "{edition}");
                assert_eq!(
                    (&reply["record_count"], &reply["suppressed"], &reply["data"]),
                    (&json!(0), &json!(true), &json!([])),
                    "{edition}"
                );
            } else {
                assert_eq!(status, 400, "{edition}");
                assert!(!reply["detail"].to_string().contains('9'), "{reply}");
            }
        }
        let ten = world.ask_data("/cohort/", &world.cohort("SELECT * FROM person LIMIT 10")).await;
        assert_eq!((ten.0, &ten.1["record_count"]), (200, &json!(10)), "{edition}");
    }
}

#[tokio::test]
async fn a_leaking_site_tells_small_counts() {
    use mock_trust::site::habits::SmallCohortHabit;
    let world = World::with(EditionId::DEFAULT, |options| {
        options.habits.small_cohort = SmallCohortHabit::Leave;
    });
    let (_, reply) = world.ask_data("/cohort", &world.cohort("SELECT * FROM person LIMIT 3")).await;
    assert_eq!((&reply["record_count"], &reply["suppressed"]), (&json!(3), &json!(false)));
}

#[tokio::test]
async fn only_one_select_over_the_cohort_tables_is_run() {
    let world = World::of(EditionId::DEFAULT);
    let long = format!("SELECT 1 --{}", "x".repeat(10_240));
    for query in [
        "DROP TABLE person",
        "SELECT 1; SELECT 2",
        "SELECT * FROM patients",
        "SELECT shoe_size FROM person",
        "SELECT * FROM public.person",
        "",
        &long,
    ] {
        let (status, reply) = world.ask_data("/cohort", &world.cohort(query)).await;
        assert_eq!(status, 400, "{query}: {reply}");
        let detail = reply["detail"].as_str().expect("a text");
        assert!(query.is_empty() || !detail.contains(query), "{detail}");
    }
    let overflow = world.cohort("SELECT abs(-9223372036854775808) FROM person");
    assert_eq!(
        world.ask_data("/cohort", &overflow).await,
        (500, json!({"detail": "query_failed"}))
    );
}

#[tokio::test]
async fn a_wrong_body_gets_422_with_places() {
    let world = World::of(EditionId::DEFAULT);
    let (status, reply) = world.ask_data("/cohort", &json!({"query_id": 7})).await;
    assert_eq!(status, 422);
    let mut places: Vec<_> =
        reply["detail"].as_array().expect("faults").iter().map(|f| f["loc"].to_string()).collect();
    places.sort();
    assert_eq!(
        places,
        ["encrypted_project_id", "query", "query_id", "query_name", "trust_id"]
            .map(|name| json!(["body", name]).to_string())
    );
    for path in ["/cohort/dataframe", "/cohort/accession-ids"] {
        assert_eq!(world.ask_data(path, &json!([])).await.0, 422);
    }
}

#[tokio::test]
async fn rows_come_as_columns_and_only_for_an_authentic_project() {
    let world = World::of(EditionId::DEFAULT);
    let query = "SELECT person_id, accession_id FROM radiology_occurrence";
    let ask =
        |project: String, query: &str| json!({"encrypted_project_id": project, "query": query});
    let body = ask(world.sealed_project(), query);
    let (status, columns) = world.ask_data("/cohort/dataframe", &body).await;
    assert_eq!(status, 200);
    let ids = columns["accession_id"].as_array().expect("a column");
    assert_eq!(columns["person_id"].as_array().map(Vec::len), Some(ids.len()));
    let (_, reply) = world.ask_data("/cohort/accession-ids", &body).await;
    assert_eq!(&reply, &json!({"accession_ids": ids}));
    let (_, none) =
        world.ask_data("/cohort/accession-ids", &ask(world.sealed_project(), EVERYBODY)).await;
    assert_eq!(none, json!({"accession_ids": []}));
    let foreign = ask(world.seal("task:cohort_query", PROJECT), query);
    let (status, reply) = world.ask_data("/cohort/dataframe", &foreign).await;
    assert_eq!(
        (status, &reply["detail"]),
        (400, &json!("Central Hub project id failed authentication"))
    );
    let small = ask(world.sealed_project(), "SELECT * FROM person LIMIT 9");
    assert_eq!(world.ask_data("/cohort/dataframe", &small).await.0, 403);
}

#[tokio::test]
async fn older_editions_give_small_frames_and_miss_the_column() {
    for edition in [EditionId::V2026_06, EditionId::TrustKeys] {
        let world = World::of(edition);
        let body = json!({"encrypted_project_id": world.sealed_project(),
            "query": "SELECT person_id FROM person LIMIT 3"});
        assert_eq!(
            world.ask_data("/cohort/dataframe", &body).await,
            (200, json!({"person_id": [1, 2, 3]})),
            "{edition}"
        );
        assert_eq!(world.ask_data("/cohort/accession-ids", &body).await.0, 400, "{edition}");
    }
}

#[tokio::test]
async fn a_snapshot_freezes_a_cohort_until_it_is_deleted() {
    let world = World::of(EditionId::DEFAULT);
    let frozen = "SELECT person_id, accession_id FROM radiology_occurrence WHERE person_id <= 20";
    let body =
        |query: &str| json!({"encrypted_project_id": world.sealed_project(), "query": query});
    let post = |path: &str, body: Value| with_proof(world.data(Method::POST, path)).json(&body);
    let (status, reply) = answer(post("/cohort/snapshot", body(frozen))).await;
    assert_eq!(status, 200, "{reply}");
    assert_eq!(reply["columns"], json!(["person_id", "accession_id"]));
    assert_eq!(reply["has_accessions"], json!(true));
    assert_eq!(reply["query_hash"].as_str().map(str::len), Some(64));
    let (_, columns) = world.ask_data("/cohort/dataframe", &body(EVERYBODY)).await;
    assert_eq!(
        columns["accession_id"].as_array().map(|c| c.len() as u64),
        reply["row_count"].as_u64()
    );
    let small = answer(post("/cohort/snapshot", body("SELECT * FROM person LIMIT 9"))).await;
    assert_eq!(small.0, 403);
    let no_uuid = json!({"encrypted_project_id": world.seal("project_id", "p-1"), "query": frozen});
    assert_eq!(answer(post("/cohort/snapshot", no_uuid)).await.0, 400);
    for deleted in [true, false] {
        let reply = answer(post("/cohort/snapshot/delete", body(frozen))).await;
        assert_eq!(reply, (200, json!({"deleted": deleted})));
    }
    let order = world.control(Method::PUT, "settings").json(&json!({"snapshot_required": true}));
    assert_eq!(answer(order).await.0, 200);
    assert_eq!(world.ask_data("/cohort/dataframe", &body(frozen)).await.0, 403);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_count_below_the_threshold_leaves_the_socket(
        limit in 0u32..60,
        offset in 0u32..150,
        threshold in 1u64..15,
        table in prop::sample::select(vec!["person", "radiology_occurrence", "condition_occurrence"]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let world = World::with(EditionId::DEFAULT, |o| o.cohort_threshold = threshold);
            let query = format!("SELECT * FROM {table} LIMIT {limit} OFFSET {offset}");
            let (status, reply) = world.ask_data("/cohort", &world.cohort(&query)).await;
            assert_eq!(status, 200);
            let count = reply["record_count"].as_u64().expect("a count");
            assert!(count == 0 || count >= threshold);
            for group in reply["data"].as_array().expect("groups") {
                for bar in group["results"].as_array().expect("bars") {
                    let count = bar["count"].as_u64().expect("a count");
                    let no_nulls = group["name"] == "Nulls" && count == 0;
                    assert!(count >= threshold || no_nulls, "{group}");
                }
            }
        });
    }
}
