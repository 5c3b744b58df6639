//! Services of one site that run apart, as in containers: two processes in all but name.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use contract::edition::EditionId;
use contract::key::Secret;
use mock_trust::site::{LoneService, Service, SiteError, SiteOptions};
use reqwest::Method;
use serde_json::{Value, json};

use super::world::{EVERYBODY, PAYLOAD_KEY, PROJECT, SITE_KEY, TRUST, World, client};

const STUDIES: &str = "SELECT accession_id FROM radiology_occurrence";
/// The same in base64url.
const ENCODED: &str = "U0VMRUNUIGFjY2Vzc2lvbl9pZCBGUk9NIHJhZGlvbG9neV9vY2N1cnJlbmNl";

fn options() -> SiteOptions {
    SiteOptions::new(EditionId::DEFAULT, Secret::from(SITE_KEY), Secret::from(PAYLOAD_KEY))
}

fn start(service: Service, neighbour: &str) -> LoneService {
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    LoneService::start(service, any_port, neighbour.to_owned(), options()).expect("a port")
}

async fn call(method: Method, url: String, body: &Value) -> (u16, Value) {
    let request = client().request(method, url).header("X-Trust-Internal-Service-Key", SITE_KEY);
    let reply = request.json(body).send().await.expect("an answer");
    (reply.status().as_u16(), reply.json().await.unwrap_or_default())
}

#[tokio::test]
async fn services_that_run_apart_show_one_hospital() {
    let data = start(Service::DataAccessApi, "http://127.0.0.1:9");
    let data_url = format!("http://{}", data.addr());
    let imaging = start(Service::ImagingApi, &data_url);
    let imaging_url = format!("http://{}", imaging.addr());

    let together = World::of(EditionId::DEFAULT);
    let cohort = json!({"encrypted_project_id": "e", "query_id": "q", "query_name": "n",
                        "query": EVERYBODY, "trust_id": TRUST});
    let (status, apart) = call(Method::POST, format!("{data_url}/cohort"), &cohort).await;
    let (_, joined) =
        call(Method::POST, format!("{}/cohort", together.site.data_access_url()), &cohort).await;
    assert_eq!((status, &apart), (200, &joined), "same seed, same people");

    let order = json!({"project_id": PROJECT, "trust_id": TRUST, "project_name": "Apart",
                       "query": STUDIES, "users": []});
    let create = format!("{imaging_url}/projects/create-project-from-central-hub-project");
    let (status, project) = call(Method::POST, create, &order).await;
    assert_eq!(status, 200, "{project}");
    let id = project["ID"].as_str().expect("an id").to_owned();
    let status_url =
        format!("{imaging_url}/retrieval/import_status_count/{id}?encoded_query={ENCODED}");
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let (_, counts) = call(Method::GET, status_url.clone(), &Value::Null).await;
        if counts["import_status"]["successful_count"].as_u64() > Some(0) {
            break;
        }
        assert!(Instant::now() < deadline, "imaging-api never heard of a study: {counts}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    imaging.stop().await;
    data.stop().await;
    assert!(client().get(format!("{data_url}/health")).send().await.is_err());
}

#[tokio::test]
async fn the_archive_and_the_database_answer_as_far_as_a_probe_looks() {
    let xnat = start(Service::XnatWeb, "");
    let info = format!("http://{}/xapi/siteConfig/buildInfo", xnat.addr());
    let reply = client().get(info).send().await.expect("an answer");
    assert_eq!(reply.status().as_u16(), 200);
    let omop = start(Service::OmopDb, "");
    tokio::net::TcpStream::connect(omop.addr()).await.expect("it takes connections");
}

#[tokio::test]
async fn a_threshold_of_zero_is_refused_here_too() {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = SiteOptions { cohort_threshold: 0, ..options() };
    let refused = LoneService::start(Service::DataAccessApi, listen, String::new(), options);
    assert!(matches!(refused, Err(SiteError::Threshold)));
}
