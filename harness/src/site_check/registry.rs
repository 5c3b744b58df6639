//! Asking a registry (v2 API) which manifests it has. Nothing is pulled.

use std::time::Duration;

use reqwest::header::{ACCEPT, WWW_AUTHENTICATE};
use reqwest::{Client, StatusCode, redirect};
use serde_json::Value;

use super::check::Unseen;
use super::host_facts::Fact;
use super::images::{ImageFacts, ImageRef, Presence};
use crate::control::install_tls_provider;

/// Looks for every image; `limit` bounds each request.
pub async fn look_for_images(images: &[ImageRef], limit: Duration) -> ImageFacts {
    let mut facts = ImageFacts::new();
    install_tls_provider();
    let client = Client::builder()
        .timeout(limit)
        .connect_timeout(limit)
        .redirect(redirect::Policy::limited(2))
        .build();
    for image in images {
        let fact = match &client {
            Ok(client) => look(client, image).await,
            Err(error) => Err(Unseen::because(error.to_string())),
        };
        facts.insert(image.clone(), fact);
    }
    facts
}

async fn look(client: &Client, image: &ImageRef) -> Fact<Presence> {
    let url = format!(
        "{}://{}/v2/{}/manifests/{}",
        scheme(&image.registry),
        image.registry,
        image.repository,
        image.tag
    );
    let mut answer = ask(client, &url, None).await?;
    if answer.status() == StatusCode::UNAUTHORIZED {
        let challenge = answer.headers().get(WWW_AUTHENTICATE).and_then(|text| text.to_str().ok());
        let Some(token) = anonymous_token(client, challenge.unwrap_or_default()).await else {
            return Err(Unseen::because("the registry wants a login (`docker login`)"));
        };
        answer = ask(client, &url, Some(&token)).await?;
    }
    match answer.status() {
        status if status.is_success() => Ok(Presence::Pullable),
        StatusCode::NOT_FOUND => Ok(Presence::Missing),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(Unseen::because("the registry wants a login (`docker login`)"))
        }
        status => Err(Unseen::because(format!("the registry answered {}", status.as_u16()))),
    }
}

async fn ask(client: &Client, url: &str, token: Option<&str>) -> Fact<reqwest::Response> {
    let request = client.head(url).header(ACCEPT, MANIFESTS);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.map_err(|error| {
        let why = if error.is_timeout() { "timed out" } else { "could not be reached" };
        Unseen::because(format!("the registry {why}"))
    })
}

/// What public registries hand to anybody who asks; never a login of the site's.
async fn anonymous_token(client: &Client, challenge: &str) -> Option<String> {
    let fields = challenge.strip_prefix("Bearer ")?;
    let field = |name: &str| {
        let (_, rest) = fields.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let mut url = url::Url::parse(field("realm")?).ok()?;
    for name in ["service", "scope"] {
        if let Some(value) = field(name) {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    let answer = client.get(url).send().await.ok()?;
    let body: Value = answer.error_for_status().ok()?.json().await.ok()?;
    let token = body.get("token").or_else(|| body.get("access_token"))?;
    token.as_str().map(str::to_owned)
}

/// As docker does: plain HTTP on this machine only.
fn scheme(registry: &str) -> &'static str {
    let local = ["localhost", "127.", "[::1]"].iter().any(|start| registry.starts_with(start));
    if local { "http" } else { "https" }
}

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
                         application/vnd.oci.image.manifest.v1+json, \
                         application/vnd.docker.distribution.manifest.list.v2+json, \
                         application/vnd.docker.distribution.manifest.v2+json";

#[cfg(test)]
mod tests {
    use wiremock::matchers::{header, method, path, query_param};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    fn image(server: &MockServer, name: &str) -> ImageRef {
        let registry = server.address().to_string();
        ImageRef { registry, repository: format!("flip/{name}"), tag: "v1.2.3".to_owned() }
    }

    #[tokio::test]
    async fn there_missing_closed_and_dead_are_told_apart() {
        let server = MockServer::start().await;
        let at = |name: &str, status: u16| {
            Mock::given(method("HEAD"))
                .and(path(format!("/v2/flip/{name}/manifests/v1.2.3")))
                .respond_with(ResponseTemplate::new(status))
        };
        at("there", 200).mount(&server).await;
        at("gone", 404).mount(&server).await;
        at("closed", 401).mount(&server).await;
        at("broken", 503).mount(&server).await;
        let mut images: Vec<ImageRef> =
            ["there", "gone", "closed", "broken"].map(|name| image(&server, name)).into();
        images.push(ImageRef { registry: "127.0.0.1:1".to_owned(), ..images[0].clone() });
        let facts = look_for_images(&images, Duration::from_secs(5)).await;
        let fact = |at: usize| facts[&images[at]].clone();
        assert_eq!(fact(0), Ok(Presence::Pullable));
        assert_eq!(fact(1), Ok(Presence::Missing));
        assert!(fact(2).is_err_and(|why| why.to_string().contains("login")));
        assert!(fact(3).is_err_and(|why| why.to_string().contains("503")));
        assert!(fact(4).is_err_and(|why| why.to_string().contains("reached")));
    }

    #[tokio::test]
    async fn a_public_registry_is_asked_with_the_token_it_hands_out() {
        let server = MockServer::start().await;
        let challenge = format!(
            "Bearer realm=\"{}/token\",service=\"s\",scope=\"repository:flip/a:pull\"",
            server.uri()
        );
        let manifest = || Mock::given(method("HEAD")).and(path("/v2/flip/a/manifests/v1.2.3"));
        manifest()
            .and(header("authorization", "Bearer t"))
            .respond_with(ResponseTemplate::new(200))
            .with_priority(1)
            .mount(&server)
            .await;
        let refused = ResponseTemplate::new(401).insert_header("www-authenticate", challenge);
        manifest().respond_with(refused).mount(&server).await;
        Mock::given(path("/token"))
            .and(query_param("scope", "repository:flip/a:pull"))
            .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"token":"t"}"#))
            .mount(&server)
            .await;
        let image = image(&server, "a");
        let facts = look_for_images(std::slice::from_ref(&image), Duration::from_secs(5)).await;
        assert_eq!(facts[&image], Ok(Presence::Pullable));
    }
}
