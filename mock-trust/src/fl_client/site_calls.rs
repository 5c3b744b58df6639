//! The two calls of a training to the site services (fl contract section 3), byte for byte those of the
//! published library: its headers in its order, its JSON, a connection of its own for every call.

use std::time::Duration;

use contract::fl_line::{FL_USER_AGENT, SiteKey};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName,
    HeaderValue, LOCATION, USER_AGENT,
};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::{Value, json};

use super::options::FlClientOptions;
use crate::site::{LoopbackError, library_client};
use crate::tasks::python_json::dumps;

/// Why a site service gave the training nothing. The text goes to the hub in a crash log: it holds
/// a status and an address, never a body or a key.
#[derive(Debug, thiserror::Error)]
pub(super) enum SiteCallError {
    /// A status of 400 or more.
    #[error("HTTPError: {status} for url: {url}")]
    Status {
        /// The status.
        status: u16,
        /// The address called.
        url: String,
    },
    /// No answer at all.
    #[error("ConnectionError: no answer from {url}")]
    Unreachable {
        /// The address called.
        url: String,
        /// What the transport said.
        #[source]
        source: reqwest::Error,
    },
    /// Silence past the limit.
    #[error("ConnectionError: no answer from {url}")]
    TimedOut {
        /// The address called.
        url: String,
    },
    /// An address that cannot be called.
    #[error("InvalidURL: {url}")]
    NotCallable {
        /// The address.
        url: String,
    },
    /// More redirects than the library follows.
    #[error("TooManyRedirects: from {url}")]
    TooManyRedirects {
        /// The address called first.
        url: String,
    },
    /// An answer that is no JSON object.
    #[error("JSONDecodeError: unexpected body from {url}")]
    NotJson {
        /// The address called.
        url: String,
    },
}

/// Calls to the site services with the client's key.
pub(super) struct SiteCalls<'o> {
    options: &'o FlClientOptions,
    http: Client,
}

impl<'o> SiteCalls<'o> {
    pub(super) fn new(options: &'o FlClientOptions) -> Result<Self, LoopbackError> {
        Ok(Self { options, http: library_client()? })
    }

    /// The cohort as an object of columns.
    pub(super) async fn dataframe(
        &self,
        project: &str,
        query: &str,
    ) -> Result<Value, SiteCallError> {
        let url = self.at(&self.options.data_access_url, "/cohort/dataframe");
        let (project, query) = (dumps(&json!(project)), dumps(&json!(query)));
        let body = format!(r#"{{"encrypted_project_id": {project}, "query": {query}}}"#);
        self.call(url, body).await
    }

    /// Asks for the images of one study and gives the path they lie at.
    pub(super) async fn images(
        &self,
        project: &str,
        accession_id: &str,
    ) -> Result<Value, SiteCallError> {
        let net = &self.options.net_id;
        let path = format!("/download/images/{net}?assessor_type=scan&resource_type=NIFTI");
        let (project, accession) = (dumps(&json!(project)), dumps(&json!(accession_id)));
        let body = format!(
            r#"{{"encrypted_central_hub_project_id": {project}, "accession_id": {accession}}}"#
        );
        self.call(self.at(&self.options.imaging_url, &path), body).await
    }

    fn at(&self, base: &str, path: &str) -> String {
        self.options.line.row().url_join.join(base, path)
    }

    async fn call(&self, url: String, body: String) -> Result<Value, SiteCallError> {
        let work = self.answer(&url, body);
        let Some(secs) = self.options.site_limit_secs else { return work.await };
        let limit = self.options.time_scale.secs(secs).max(SITE_CALL_FLOOR);
        match tokio::time::timeout(limit, work).await {
            Ok(answer) => answer,
            Err(_) => Err(SiteCallError::TimedOut { url }),
        }
    }

    async fn answer(&self, text: &str, body: String) -> Result<Value, SiteCallError> {
        let url = || text.to_owned();
        let answer = self.follow(text, body).await?;
        let status = answer.status().as_u16();
        // A redirect that leads nowhere counts as an answer like any other.
        if status >= 400 {
            return Err(SiteCallError::Status { status, url: url() });
        }
        match answer.json::<Value>().await {
            Ok(value) if value.is_object() => Ok(value),
            _ => Err(SiteCallError::NotJson { url: url() }),
        }
    }

    /// 301, 302 and 303 turn the POST into a GET without body; 307 and 308 repeat it whole. The key goes
    /// along, to another host too.
    async fn follow(&self, text: &str, body: String) -> Result<Response, SiteCallError> {
        let not_callable = || SiteCallError::NotCallable { url: text.to_owned() };
        let mut url = Url::parse(text).map_err(|_| not_callable())?;
        let mut body = Some(body);
        for _ in 0..=REDIRECTS_MAX {
            let answer = self.send(&url, body.as_deref()).await;
            let answer = answer
                .map_err(|source| SiteCallError::Unreachable { url: text.to_owned(), source })?;
            let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            match (answer.status(), next) {
                (StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT, Some(next)) => {
                    url = next;
                }
                (
                    StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER,
                    Some(next),
                ) => (url, body) = (next, None),
                _ => return Ok(answer),
            }
        }
        Err(SiteCallError::TooManyRedirects { url: text.to_owned() })
    }

    async fn send(&self, url: &Url, body: Option<&str>) -> Result<Response, reqwest::Error> {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let request = self.http.request(method, url.clone());
        let request = request.headers(self.headers(url, body.map(str::len)));
        match body {
            Some(body) => request.body(body.to_owned()).send().await,
            None => request.send().await,
        }
    }

    /// In the order of the library; what is set here is not set again further down.
    fn headers(&self, url: &Url, body_bytes: Option<usize>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut add = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.append(name, value);
            }
        };
        add(HOST, &url[url::Position::BeforeHost..url::Position::AfterPort]);
        add(USER_AGENT, FL_USER_AGENT);
        add(ACCEPT_ENCODING, "gzip, deflate");
        add(ACCEPT, "*/*");
        add(CONNECTION, "keep-alive");
        let name = HeaderName::from_bytes(self.options.site_key_header.as_bytes());
        if let (true, Ok(name)) = (self.sends_key(), name) {
            add(name, self.options.site_key.expose());
        }
        if let Some(bytes) = body_bytes {
            add(CONTENT_LENGTH, &bytes.to_string());
            add(CONTENT_TYPE, "application/json");
        }
        headers
    }

    fn sends_key(&self) -> bool {
        self.options.habits.sends_site_key && self.options.line.row().site_key == SiteKey::Sent
    }
}

/// A scaled limit stays long enough for a loaded machine.
const SITE_CALL_FLOOR: Duration = Duration::from_millis(300);

/// Redirects the library follows before it gives up.
const REDIRECTS_MAX: usize = 30;

#[cfg(test)]
mod tests {
    use contract::fl_line::FlLineId;
    use contract::key::Secret;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    use super::*;

    /// Answers the n-th connection with the n-th reply and returns what each sent.
    async fn service(replies: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let task = tokio::spawn(async move {
            let mut seen = Vec::new();
            for reply in replies {
                let (mut stream, _) = listener.accept().await.expect("a caller");
                let mut buffer = vec![0; 4096];
                let mut text = String::new();
                while !text.contains("\r\n\r\n")
                    || (text.starts_with("POST") && !text.ends_with('}'))
                {
                    let n = stream.read(&mut buffer).await.expect("bytes");
                    text.push_str(&String::from_utf8_lossy(&buffer[..n]));
                }
                seen.push(text);
                stream.write_all(reply.as_bytes()).await.expect("a caller");
            }
            seen
        });
        (address, task)
    }

    fn ok() -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"path\": \"x\"}".to_owned()
    }

    fn options(line: FlLineId, base: String) -> FlClientOptions {
        let mut options = FlClientOptions::new("127.0.0.1:1", "Trust_1", Secret::from("site-key"));
        (options.line, options.data_access_url, options.imaging_url) = (line, base.clone(), base);
        options
    }

    /// The bytes are those the published releases 0.1.4, 0.1.8 and 0.13.1 were seen to send; only the
    /// number of the user agent is that of another day.
    #[tokio::test]
    async fn a_call_is_the_bytes_of_the_library() {
        for (line, key) in [
            (FlLineId::V0_1_4, ""),
            (FlLineId::V0_1_8, "X-Trust-Internal-Service-Key: site-key\r\n"),
            (FlLineId::V0_13_1, "X-Trust-Internal-Service-Key: site-key\r\n"),
        ] {
            let (address, seen) = service(vec![ok(), ok()]).await;
            let options = options(line, format!("http://{address}"));
            let calls = SiteCalls::new(&options).expect("a client");
            calls.dataframe("sealed", "SELECT 1").await.expect("an answer");
            calls.images("sealed", "A").await.expect("an answer");
            let head = |target: &str, bytes: usize| {
                format!(
                    "POST {target} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {FL_USER_AGENT}\r\n\
                     Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n{key}\
                     Content-Length: {bytes}\r\nContent-Type: application/json\r\n\r\n"
                )
            };
            let seen = seen.await.expect("two calls");
            let dataframe = r#"{"encrypted_project_id": "sealed", "query": "SELECT 1"}"#;
            assert_eq!(seen[0], head("/cohort/dataframe", 55) + dataframe, "{line}");
            let target = "/download/images/net-1?assessor_type=scan&resource_type=NIFTI";
            let images = r#"{"encrypted_central_hub_project_id": "sealed", "accession_id": "A"}"#;
            assert_eq!(seen[1], head(target, 67) + images, "{line}");
        }
    }

    #[tokio::test]
    async fn a_trailing_slash_is_doubled_by_the_old_lines_only() {
        for (line, path) in [(FlLineId::V0_1_8, "//cohort"), (FlLineId::V0_4_1, "/cohort")] {
            let (address, seen) = service(vec![ok()]).await;
            let options = options(line, format!("http://{address}/"));
            let calls = SiteCalls::new(&options).expect("a client");
            calls.dataframe("sealed", "q").await.expect("an answer");
            let begin = format!("POST {path}/dataframe HTTP/1.1\r\n");
            assert!(seen.await.expect("one call")[0].starts_with(&begin));
        }
    }

    #[tokio::test]
    async fn redirects_lose_the_body_or_repeat_it_and_take_the_key_elsewhere() {
        for (status, begin, has_body) in
            [("302 Found", "GET /x ", false), ("307 Temporary Redirect", "POST /x ", true)]
        {
            let (there, seen) = service(vec![ok()]).await;
            let moved = format!(
                "HTTP/1.1 {status}\r\nLocation: http://{there}/x\r\nContent-Length: 0\r\n\r\n"
            );
            let (here, _seen) = service(vec![moved]).await;
            let options = options(FlLineId::V0_13_1, format!("http://{here}"));
            let calls = SiteCalls::new(&options).expect("a client");
            calls.dataframe("sealed", "q").await.expect("an answer");
            let seen = &seen.await.expect("one call")[0];
            assert!(
                seen.starts_with(begin) && seen.contains(&format!("Host: {there}\r\n")),
                "{seen}"
            );
            assert!(seen.contains("X-Trust-Internal-Service-Key: site-key"), "{seen}");
            assert_eq!(seen.contains("encrypted_project_id"), has_body, "{seen}");
        }
    }

    #[tokio::test]
    async fn every_refusal_is_raised_and_a_redirect_to_nowhere_is_no_refusal() {
        let reply = |status: &str| format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        for (status, says) in [
            ("401 Unauthorized", "HTTPError: 401"),
            ("429 Too Many Requests", "HTTPError: 429"),
            ("503 Service Unavailable", "HTTPError: 503"),
            ("302 Found", "JSONDecodeError"),
        ] {
            let (address, _seen) = service(vec![reply(status)]).await;
            let options = options(FlLineId::V0_13_1, format!("http://{address}"));
            let calls = SiteCalls::new(&options).expect("a client");
            let raised = calls.dataframe("sealed", "q").await.expect_err("raised").to_string();
            assert!(raised.starts_with(says), "{raised}");
        }
    }
}
