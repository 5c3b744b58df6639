//! imaging-api: projects, studies, users, images, the PACS.

use contract::edition::{DeleteImaging, EditionId};
use contract::envelope::SETUP_PATH_CONTEXT;
use mock_trust::site::habits::SiteHabits;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{PROJECT, TRUST, World, answer};

const CREATE: &str = "/projects/create-project-from-central-hub-project";
/// `SELECT accession_id FROM radiology_occurrence`
const ENCODED: &str = "U0VMRUNUIGFjY2Vzc2lvbl9pZCBGUk9NIHJhZGlvbG9neV9vY2N1cnJlbmNl";

#[tokio::test]
async fn a_project_is_made_shown_listed_and_deleted() {
    let world = World::of(EditionId::DEFAULT);
    let made = world.project(json!([])).await;
    let path = format!("/projects/{}", made["ID"].as_str().expect("an id"));
    let (status, shown) = world.ask_imaging(Method::GET, &path, None).await;
    assert_eq!(status, 200);
    let members: Vec<_> = shown.as_object().expect("an object").keys().collect();
    assert_eq!(
        members,
        ["ID", "URI", "description", "name", "pi_firstname", "pi_lastname", "secondary_ID"]
    );
    assert_eq!(shown["secondary_ID"], json!(PROJECT));
    assert_eq!(world.ask_imaging(Method::GET, "/projects", None).await.1, json!([shown]));
    assert_eq!(world.ask_imaging(Method::DELETE, &path, None).await, (200, shown));
    for method in [Method::GET, Method::DELETE] {
        let gone = world.ask_imaging(method, &path, None).await;
        assert_eq!(gone, (404, json!({"detail": "Project not found"})));
    }
}

#[tokio::test]
async fn a_creation_is_refused_when_it_exists_or_is_malformed() {
    let world = World::of(EditionId::DEFAULT);
    world.project(json!([])).await;
    let good = json!({"project_id": "44444444-4444-4444-8444-444444444444", "trust_id": TRUST,
        "project_name": "Hearts", "query": "SELECT 1"});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let without_query = {
        let mut body = good.clone();
        body.as_object_mut().expect("an object").remove("query");
        body
    };
    for (body, expected) in [
        (with("project_id", json!(PROJECT)), 400),
        (with("project_name", json!("Lungs")), 400),
        (with("project_name", json!("a<b")), 422),
        (with("project_id", json!("no uuid")), 422),
        (with("users", json!([{"id": "x"}])), 422),
        (without_query, 422),
        (good.clone(), 200),
    ] {
        let (status, reply) = world.ask_imaging(Method::POST, CREATE, Some(&body)).await;
        assert_eq!(status, expected, "{body} {reply}");
    }
}

#[tokio::test]
async fn new_users_get_a_sealed_secret_and_known_ones_are_added() {
    for edition in EditionId::ALL {
        let world = World::of(edition);
        let known = json!({"email": "known@a.example"});
        assert_eq!(world.ask_imaging(Method::POST, "/users", Some(&known)).await.0, 201);
        let made = world
            .project(json!([
                {"id": "1", "email": "new@a.example"},
                {"id": "2", "email": "known@a.example", "is_disabled": false},
                {"id": "3", "email": "off@a.example", "is_disabled": true},
            ]))
            .await;
        let created = made["created_users"].as_array().expect("a list");
        assert_eq!(created.len(), 1, "{edition}");
        assert_eq!(created[0]["email"], json!("new@a.example"));
        let member = edition.row().new_user_member;
        let sealed = created[0][member].as_str().expect(member);
        let secret = world.open(SETUP_PATH_CONTEXT, sealed);
        assert_eq!(
            secret.starts_with('/'),
            member == "encrypted_setup_path",
            "{edition}: {secret}"
        );
        assert_eq!(made["added_users"][0]["username"], json!("known"), "{edition}");
    }
}

#[tokio::test]
async fn delete_takes_the_place_of_the_project_by_habit() {
    let ideal = World::of(EditionId::V2026_07);
    let path = format!("/projects/{}", ideal.project(json!([])).await["ID"].as_str().expect("id"));
    let in_query = format!("/projects/?project_id={}", path.trim_start_matches("/projects/"));
    assert_eq!(ideal.ask_imaging(Method::DELETE, &in_query, None).await.0, 405);
    assert_eq!(ideal.ask_imaging(Method::DELETE, &path, None).await.0, 200);
    let built = World::with(EditionId::V2026_07, |options| {
        let delete_project = DeleteImaging::QueryParameter;
        options.habits = SiteHabits { delete_project, ..options.habits };
    });
    let id = built.project(json!([])).await["ID"].as_str().expect("id").to_owned();
    let by_path = built.ask_imaging(Method::DELETE, &format!("/projects/{id}"), None).await;
    assert_eq!(by_path, (405, json!({"detail": "Method Not Allowed"})));
    let by_query = format!("/projects?project_id={id}");
    assert_eq!(built.ask_imaging(Method::DELETE, &by_query, None).await.0, 200);
    assert_eq!(built.ask_imaging(Method::DELETE, "/projects", None).await.0, 422);
}

#[tokio::test]
async fn studies_are_counted_and_fetched_again() {
    let world = World::of(EditionId::DEFAULT);
    let id = world.project(json!([])).await["ID"].as_str().expect("id").to_owned();
    let status = format!("/retrieval/import_status_count/{id}?encoded_query={ENCODED}");
    let again = format!("/retrieval/reimport_imaging_project_studies/{id}?encoded_query={ENCODED}");
    let (code, reply) = world.ask_imaging(Method::PUT, &again, None).await;
    assert_eq!((code, reply), (202, json!({"message": "Reimport queued", "projectId": id})));
    let counts = loop {
        let (code, reply) = world.ask_imaging(Method::GET, &status, None).await;
        assert_eq!((code, &reply["project_creation_completed"]), (200, &json!(true)));
        // Bounded by the test runner; the retrieval runs in the background.
        if reply["import_status"]["queued_count"] == 0 {
            break reply["import_status"].clone();
        }
    };
    assert!(counts["successful_count"].as_u64().is_some_and(|n| n >= 200), "{counts}");
    assert_eq!(counts["failed_count"], json!(0));

    let unknown = status.replace(&id, TRUST);
    let not_found = (404, json!({"detail": "Project not found"}));
    assert_eq!(world.ask_imaging(Method::GET, &unknown, None).await, not_found);
    let bare = format!("/retrieval/import_status_count/{id}");
    assert_eq!(world.ask_imaging(Method::GET, &bare, None).await.0, 422);
    let garbled = again.replace(ENCODED, "%21%21");
    assert_eq!(world.ask_imaging(Method::PUT, &garbled, None).await.0, 400);
    let off = world.control(Method::PUT, "settings").json(&json!({"reimport_enabled": false}));
    assert_eq!(answer(off).await.0, 200);
    assert_eq!(world.ask_imaging(Method::PUT, &again, None).await.0, 418);
}

#[tokio::test]
async fn users_are_listed_switched_and_added_to_projects() {
    let world = World::of(EditionId::DEFAULT);
    let users = json!([{"id": "1", "email": "ann@a.example"}]);
    let id = world.project(users).await["ID"].as_str().expect("id").to_owned();
    let off = json!({"email": "ann@a.example", "enabled": false});
    let (status, user) = world.ask_imaging(Method::PUT, "/users", Some(&off)).await;
    assert_eq!(status, 200);
    for member in
        ["username", "enabled", "id", "secured", "email", "verified", "firstName", "lastName"]
    {
        assert!(user.get(member).is_some(), "{member}");
    }
    assert_eq!(user["enabled"], json!(false));
    let nobody = json!({"email": "nobody@a.example", "enabled": true});
    assert_eq!(world.ask_imaging(Method::PUT, "/users", Some(&nobody)).await.0, 404);
    let wrong = json!({"email": "ann@a.example", "enabled": "yes"});
    assert_eq!(world.ask_imaging(Method::PUT, "/users", Some(&wrong)).await.0, 422);
    let (_, list) = world.ask_imaging(Method::GET, "/users", None).await;
    assert!(list.as_array().expect("a list").contains(&user));
    let again = json!({"email": "ann@a.example"});
    assert_eq!(world.ask_imaging(Method::POST, "/users", Some(&again)).await.0, 400);
    let join = format!("/users/add-to-project/ann/{id}");
    assert_eq!(world.ask_imaging(Method::PUT, &join, None).await.0, 200);
    let join = format!("/users/add-to-project/bob/{id}");
    assert_eq!(world.ask_imaging(Method::PUT, &join, None).await.0, 404);
}

#[tokio::test]
async fn the_pacs_answers_until_it_is_told_not_to() {
    let world = World::of(EditionId::DEFAULT);
    for path in ["/imaging/ping_pacs", "/imaging/ping_pacs/1"] {
        let (status, reply) = world.ask_imaging(Method::GET, path, None).await;
        assert_eq!(
            (status, &reply["successful"], &reply["pacsId"]),
            (200, &json!(true), &json!(1))
        );
    }
    assert_eq!(world.ask_imaging(Method::GET, "/imaging/ping_pacs/9", None).await.0, 404);
    let off = world.control(Method::PUT, "settings").json(&json!({"pacs_answers": false}));
    assert_eq!(answer(off).await.0, 200);
    let (_, reply) = world.ask_imaging(Method::GET, "/imaging/ping_pacs", None).await;
    assert_eq!(reply["successful"], json!(false));
}

#[tokio::test]
async fn images_move_only_under_an_authentic_project() {
    let world = World::of(EditionId::DEFAULT);
    world.project(json!([])).await;
    let down = "/download/images/net-1?assessor_type=scan&resource_type=NIFTI";
    let body = |sealed: String| {
        json!({"encrypted_central_hub_project_id": sealed, "accession_id": "ACC0000001",
            "scan_id": "1", "resource_id": "R", "files": ["/out/mask.nii"]})
    };
    let good = body(world.sealed_project());
    let (status, reply) = world.ask_imaging(Method::POST, down, Some(&good)).await;
    assert_eq!(status, 200);
    assert!(reply["path"].as_str().is_some_and(|path| path.ends_with("ACC0000001")), "{reply}");
    let up = "/upload/images/net-1";
    let (status, urls) = world.ask_imaging(Method::PUT, up, Some(&good)).await;
    assert_eq!(status, 200);
    assert!(urls[0].as_str().is_some_and(|url| url.ends_with("/files/mask.nii")), "{urls}");

    let foreign = body(world.seal("xnat_setup_path", PROJECT));
    let refused = (400, json!({"detail": "Central Hub project id failed authentication"}));
    assert_eq!(world.ask_imaging(Method::POST, down, Some(&foreign)).await, refused);
    assert_eq!(world.ask_imaging(Method::PUT, up, Some(&foreign)).await, refused);
    assert_eq!(world.ask_imaging(Method::POST, down, Some(&body("plain".into()))).await.0, 400);
    let odd = down.replace("NIFTI", "PNG");
    assert_eq!(world.ask_imaging(Method::POST, &odd, Some(&good)).await.0, 422);
    let unknown = body(world.seal("project_id", TRUST));
    assert_eq!(world.ask_imaging(Method::PUT, up, Some(&unknown)).await.0, 404);
}
