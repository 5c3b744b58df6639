//! Short names of the site's routes, for captures and faults.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use wiretap::{Class, Classify, Verdict};

use super::answers::Refusal;

/// Every route name, in the order of documentation.
pub const ROUTES: &[&str] = &[
    "da.health",
    "da.cohort",
    "da.dataframe",
    "da.accession_ids",
    "da.snapshot",
    "da.snapshot_delete",
    "img.health",
    "img.ping_pacs",
    "img.create_project",
    "img.project",
    "img.import_status",
    "img.reimport",
    "img.users",
    "img.download",
    "img.upload",
    "xnat.build_info",
];

/// From a path to a route name; `None` for paths the service does not have.
pub(super) type RouteOf = fn(&str) -> Option<&'static str>;

/// Routes of data-access-api.
pub(super) fn data_access(path: &str) -> Option<&'static str> {
    Some(match path {
        "/health" => "da.health",
        "/cohort" | "/cohort/" => "da.cohort",
        "/cohort/dataframe" => "da.dataframe",
        "/cohort/accession-ids" => "da.accession_ids",
        "/cohort/snapshot" => "da.snapshot",
        "/cohort/snapshot/delete" => "da.snapshot_delete",
        _ => return None,
    })
}

/// Routes of imaging-api.
pub(super) fn imaging(path: &str) -> Option<&'static str> {
    let mut parts = path.split('/').skip(1);
    Some(match (parts.next()?, parts.next(), parts.next()) {
        ("health", None, None) => "img.health",
        ("imaging", Some("ping_pacs"), _) => "img.ping_pacs",
        ("projects", Some("create-project-from-central-hub-project"), None) => "img.create_project",
        ("projects", _, None) => "img.project",
        ("retrieval", Some("import_status_count"), Some(_)) => "img.import_status",
        ("retrieval", Some("reimport_imaging_project_studies"), Some(_)) => "img.reimport",
        ("users", ..) => "img.users",
        ("download", Some("images"), Some(_)) => "img.download",
        ("upload", Some("images"), Some(_)) => "img.upload",
        _ => return None,
    })
}

/// Routes of XNAT.
pub(super) fn xnat(path: &str) -> Option<&'static str> {
    (path == "/xapi/siteConfig/buildInfo").then_some("xnat.build_info")
}

/// The same for the listener, which asks before the router does.
pub(super) fn classify(route_of: RouteOf) -> Classify {
    Arc::new(move |head| Class { route: route_of(head.uri.path()).map(Into::into), trust_id: None })
}

/// Names the route in every answer of a service, and words 404 as the services do.
pub(super) fn named(router: Router, route_of: RouteOf) -> Router {
    let name = move |request: Request, next: Next| async move {
        let route = route_of(request.uri().path());
        let mut response: Response = next.run(request).await;
        Verdict::of(&mut response).route = route.map(Into::into);
        response
    };
    router.fallback(async || Refusal::not_found("Not Found")).layer(from_fn(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_belongs_to_a_path_and_every_path_to_a_name() {
        let mut named = BTreeSet::new();
        for path in ["/health", "/cohort", "/cohort/", "/cohort/dataframe", "/cohort/accession-ids"]
        {
            named.extend(data_access(path));
        }
        named.extend(
            ["/cohort/snapshot", "/cohort/snapshot/delete"].map(|p| data_access(p).expect(p)),
        );
        for path in [
            "/health",
            "/imaging/ping_pacs",
            "/projects/create-project-from-central-hub-project",
            "/projects/1",
            "/retrieval/import_status_count/1",
            "/retrieval/reimport_imaging_project_studies/1",
            "/users",
            "/download/images/net-1",
            "/upload/images/net-1",
        ] {
            named.insert(imaging(path).expect(path));
        }
        named.extend(xnat("/xapi/siteConfig/buildInfo"));
        assert_eq!(named, ROUTES.iter().copied().collect());
        assert_eq!((data_access("/cohorts"), imaging("/"), xnat("/")), (None, None, None));
    }
}
