//! A forward proxy on a site's way out, as hospitals have them: it carries calls, keeps what it saw of
//! each, and can be made to refuse.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use contract::key::{Secret, leaks, mask_known, mask_text};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

/// What the proxy does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Carries it.
    Carry,
    /// Asks for a login: 407.
    Login,
    /// Refuses it: 403.
    Refuse,
    /// Answers with a page of its own: 200, HTML.
    Page,
}

/// One call as the proxy saw it.
#[derive(Clone, Debug)]
pub struct Passage {
    /// `CONNECT`, or the method of a call in the clear.
    pub method: String,
    /// Host it was for.
    pub host: String,
    /// Port it was for.
    pub port: u16,
    head: Secret,
}

/// A proxy on a port of its own; ends when dropped.
#[derive(Debug)]
pub struct ForwardProxy {
    addr: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    answer: Mutex<Answer>,
    passages: Mutex<Vec<Passage>>,
    /// A name only the proxy resolves, and what it stands for.
    known: Option<(String, SocketAddr)>,
}

impl ForwardProxy {
    /// Starts listening; `known` is a name that it resolves by itself.
    ///
    /// # Errors
    /// When there is no port to be had.
    pub async fn start(at: IpAddr, known: Option<(String, SocketAddr)>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((at, 0)).await?;
        let addr = listener.local_addr()?;
        let (answer, passages) = (Mutex::new(Answer::Carry), Mutex::default());
        let state = Arc::new(State { answer, passages, known });
        let task = tokio::spawn(serve(listener, Arc::clone(&state)));
        Ok(Self { addr, state, task })
    }

    /// What HTTP_PROXY and HTTPS_PROXY say.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Answers so from now on; tunnels that are open stay open.
    pub fn answer_with(&self, answer: Answer) {
        *self.state.answer.lock() = answer;
    }

    /// Every call so far; of more than 2,000 only the first are kept.
    pub fn passages(&self) -> Vec<Passage> {
        self.state.passages.lock().clone()
    }
}

impl Drop for ForwardProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Passage {
    /// Whether the call showed this secret to the proxy.
    pub fn shows(&self, name: &str, secret: &Secret) -> bool {
        !leaks(self.head.expose(), &[(name, secret)]).is_empty()
    }

    /// The call as a line of evidence, secrets replaced.
    pub fn line(&self, known: &[&Secret]) -> String {
        let first = self.head.expose().lines().next().unwrap_or_default();
        mask_text(&mask_known(first, known)).into_owned()
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while open.try_join_next().is_some() {}
        if open.len() < CONNECTIONS_MAX {
            let state = Arc::clone(&state);
            open.spawn(async move {
                // A caller that goes away is none of our business.
                let _ = tokio::time::timeout(LIFE, carry(stream, &state)).await;
            });
        }
    }
}

async fn carry(mut caller: TcpStream, state: &State) -> std::io::Result<()> {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    let head_len = loop {
        if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        match caller.read(&mut chunk).await? {
            0 => return Ok(()),
            _ if read.len() > HEAD_BYTES_MAX => return Ok(()),
            count => read.extend_from_slice(&chunk[..count]),
        }
    };
    let head = String::from_utf8_lossy(&read[..head_len]).into_owned();
    let Some((passage, onward)) = parsed(&head) else {
        return caller.write_all(BAD_REQUEST).await;
    };
    let to = state.resolve(&passage.host, passage.port);
    {
        let mut passages = state.passages.lock();
        if passages.len() < PASSAGES_MAX {
            passages.push(passage);
        }
    }
    let answer = *state.answer.lock();
    let refusal = match answer {
        Answer::Carry => None,
        Answer::Login => Some(LOGIN),
        Answer::Refuse => Some(REFUSED),
        Answer::Page => Some(PAGE),
    };
    if let Some(refusal) = refusal {
        caller.write_all(refusal).await?;
        return caller.shutdown().await;
    }
    let Ok(mut hub) = TcpStream::connect(&to).await else {
        return caller.write_all(BAD_GATEWAY).await;
    };
    match onward {
        None => caller.write_all(ESTABLISHED).await?,
        Some(onward) => hub.write_all(onward.as_bytes()).await?,
    }
    hub.write_all(&read[head_len..]).await?;
    copy_bidirectional(&mut caller, &mut hub).await.map(drop)
}

impl State {
    fn resolve(&self, host: &str, port: u16) -> String {
        match &self.known {
            Some((name, addr)) if name == host => addr.to_string(),
            _ => format!("{host}:{port}"),
        }
    }
}

/// The call, and for one in the clear its head as the other end gets it: with a path instead of a URL,
/// and with one call a connection.
fn parsed(head: &str) -> Option<(Passage, Option<String>)> {
    let (line, rest) = head.split_once("\r\n")?;
    let [method, target, version] = line.split(' ').collect::<Vec<_>>()[..] else { return None };
    let of = |host: &str, port: u16| Passage {
        method: method.to_owned(),
        host: host.to_owned(),
        port,
        head: Secret::from(head.to_owned()),
    };
    if method == "CONNECT" {
        let (host, port) = target.rsplit_once(':')?;
        return Some((of(host, port.parse().ok()?), None));
    }
    let url = Url::parse(target).ok()?;
    let passage = of(url.host_str()?, url.port_or_known_default()?);
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut onward = format!("{method} {path} {version}\r\n");
    for header in rest.lines().filter(|header| !header.is_empty()) {
        let name = header.split(':').next().unwrap_or_default();
        if !HOP_BY_HOP.iter().any(|hop| name.eq_ignore_ascii_case(hop)) {
            onward.push_str(header);
            onward.push_str("\r\n");
        }
    }
    onward.push_str("Connection: close\r\n\r\n");
    Some((passage, Some(onward)))
}

const HOP_BY_HOP: [&str; 4] =
    ["connection", "proxy-connection", "proxy-authorization", "keep-alive"];
const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const LOGIN: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\n\
    Proxy-Authenticate: Basic realm=\"site\"\r\nContent-Type: text/html\r\n\
    Content-Length: 16\r\nConnection: close\r\n\r\n<h1>Log in.</h1>";
const REFUSED: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\
    Content-Length: 16\r\nConnection: close\r\n\r\n<h1>Blocked</h1>";
const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\
    Content-Length: 16\r\nConnection: close\r\n\r\n<h1>Welcome</h1>";
const BAD_REQUEST: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BAD_GATEWAY: &[u8] =
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const CONNECTIONS_MAX: usize = 64;
/// Of more calls only the first are kept.
const PASSAGES_MAX: usize = 2000;
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Longer than any wait of the contract.
const LIFE: Duration = Duration::from_secs(900);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_in_the_clear_goes_on_with_a_path_and_without_what_was_for_the_proxy() {
        let head = "GET http://hub.test:81/api/x?y=1 HTTP/1.1\r\nHost: hub.test:81\r\n\
                    Proxy-Authorization: Basic a\r\nConnection: keep-alive\r\nX-Key: k\r\n\r\n";
        let (passage, onward) = parsed(head).expect("a call");
        assert_eq!((passage.host.as_str(), passage.port), ("hub.test", 81));
        let wanted = "GET /api/x?y=1 HTTP/1.1\r\nHost: hub.test:81\r\nX-Key: k\r\n\
                      Connection: close\r\n\r\n";
        assert_eq!(onward.as_deref(), Some(wanted));
        assert!(passage.shows("key", &Secret::from("X-Key: k".to_owned())));
    }

    #[test]
    fn a_tunnel_is_for_a_host_and_a_port() {
        let (passage, onward) = parsed("CONNECT hub.test:443 HTTP/1.1\r\n\r\n").expect("a call");
        assert_eq!((passage.host.as_str(), passage.port, onward), ("hub.test", 443, None));
        assert!(parsed("GET / HTTP/1.1\r\n\r\n").is_none());
    }
}
