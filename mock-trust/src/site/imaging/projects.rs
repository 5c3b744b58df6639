//! Imaging projects: made from a project of the hub, shown, removed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::studies;
use crate::site::answers::{Body, Refusal};
use crate::site::hospital::{NewUser, Project, User};
use crate::site::premises::Premises;

/// Makes the imaging project of a hub's project with its users; the studies follow in the
/// background.
pub(super) async fn create(
    State(premises): State<Arc<Premises>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let order = Order::parse(&bytes)?;
    let (project, new, added) = {
        let mut archive = premises.archive.lock();
        let project = archive.create_project(&order.project_name, &order.project_id)?;
        let (mut new, mut added) = (Vec::new(), Vec::new());
        for email in &order.emails {
            match archive.user(email).cloned() {
                Some(known) => added.push(known),
                None => new.push(archive.add_user(email)?),
            }
        }
        let names: Vec<String> = added
            .iter()
            .chain(new.iter().map(|new| &new.user))
            .map(|u| u.username.clone())
            .collect();
        for username in names {
            archive.join(&username, &project.id.to_string())?;
        }
        (project, new, added)
    };
    let reply = creation(&premises, &project, &new, &added)?;
    premises.in_background(studies::retrieve(Arc::clone(&premises), project, order.query));
    Ok(Json(reply))
}

fn creation(
    premises: &Premises,
    project: &Project,
    new: &[NewUser],
    added: &[User],
) -> Result<Value, Refusal> {
    let member = premises.edition.new_user_member;
    let created = new
        .iter()
        .map(|new| {
            let sealed = premises.seals.seal_user_secret(&secret(member, new))?;
            Ok(json!({"username": new.user.username, "email": new.user.email, (member): sealed}))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    Ok(json!({
        "ID": project.id,
        "name": project.name,
        "created_users": created,
        "added_users": added,
    }))
}

/// A first password, or the path of a set-up link, by the edition's member name.
fn secret(member: &str, new: &NewUser) -> String {
    if member == "encrypted_password" {
        new.token.clone()
    } else {
        format!("/app/template/SetupUser.vm?a={}&s={}", new.user.username, new.token)
    }
}

/// What a creation asks for.
struct Order {
    project_id: String,
    project_name: String,
    query: String,
    emails: Vec<String>,
}

impl Order {
    fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut body = Body::parse(bytes)?;
        let project_id = body.uuid("project_id");
        body.uuid("trust_id");
        let project_name = body.text("project_name");
        if project_name.contains(['<', '>', '&']) {
            body.fault::<()>("project_name", "value_error", "Name may not contain '<', '>' or '&'");
        }
        let query = body.text("query");
        let users = body.list("users", true);
        let emails = users
            .iter()
            .filter(|user| user["is_disabled"] != true)
            .map(|user| user["email"].as_str());
        let emails: Option<Vec<String>> = emails.map(|email| email.map(str::to_owned)).collect();
        if emails.is_none() {
            body.fault::<()>("users", "missing", "Field required");
        }
        body.done()?;
        let mut emails = emails.unwrap_or_default();
        emails.sort();
        emails.dedup();
        Ok(Self { project_id, project_name, query, emails })
    }
}

/// All projects.
pub(super) async fn list(State(premises): State<Arc<Premises>>) -> Json<Value> {
    Json(premises.archive.lock().projects().map(shown).collect())
}

/// One project.
pub(super) async fn show(
    State(premises): State<Arc<Premises>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    Ok(Json(shown(premises.archive.lock().project(&id)?)))
}

/// Removes a project named in the path.
pub(super) async fn delete(
    State(premises): State<Arc<Premises>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    Ok(Json(shown(&premises.archive.lock().delete_project(&id)?)))
}

/// The project of an older DELETE.
#[derive(Deserialize)]
pub(super) struct Named {
    project_id: Option<String>,
}

/// Removes a project named in the query.
pub(super) async fn delete_by_query(
    premises: State<Arc<Premises>>,
    Query(named): Query<Named>,
) -> Result<Json<Value>, Refusal> {
    match named.project_id {
        Some(id) => delete(premises, Path(id)).await,
        None => Err(Refusal::parameter("query", "project_id", "missing", "Field required")),
    }
}

fn shown(project: &Project) -> Value {
    json!({
        "ID": project.id,
        "name": project.name,
        "secondary_ID": project.central_id,
        "pi_firstname": "",
        "pi_lastname": "",
        "description": "",
        "URI": format!("/data/projects/{}", project.id),
    })
}
