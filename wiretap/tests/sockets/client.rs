//! A caller that sees bytes, not replies.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Everything that came back until the connection ended.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) bytes: Vec<u8>,
    /// How the connection ended; `None` is an orderly end.
    pub(crate) broken: Option<io::ErrorKind>,
    pub(crate) reads: usize,
    pub(crate) took: Duration,
}

impl Heard {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn status(&self) -> u16 {
        let text = self.text();
        let code = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        code.and_then(|code| code.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn body(&self) -> String {
        self.text().split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let text = self.text();
        let head = text.split_once("\r\n\r\n")?.0.to_owned();
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }
}

/// One request on a connection of its own.
pub(crate) async fn ask(addr: SocketAddr, line: &str, headers: &[&str], body: &str) -> Heard {
    let tcp = TcpStream::connect(addr).await.expect("the listener is up");
    converse(tcp, &request(line, headers, body)).await
}

pub(crate) async fn get(addr: SocketAddr, path: &str) -> Heard {
    ask(addr, &format!("GET {path}"), &[], "").await
}

pub(crate) fn request(line: &str, headers: &[&str], body: &str) -> String {
    let mut text = format!("{line} HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    if !body.is_empty() {
        text.push_str("content-length: ");
        text.push_str(&body.len().to_string());
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text
}

/// Says something and listens to the end.
pub(crate) async fn converse(mut io: impl AsyncRead + AsyncWrite + Unpin, say: &str) -> Heard {
    let started = Instant::now();
    io.write_all(say.as_bytes()).await.expect("the request goes out");
    io.flush().await.expect("the request goes out");
    let mut heard = Heard::default();
    let mut buffer = vec![0; 65536];
    loop {
        let read = timeout(PATIENCE, io.read(&mut buffer)).await.expect("an end of the connection");
        match read {
            Ok(0) => break,
            Ok(len) => {
                heard.bytes.extend_from_slice(&buffer[..len]);
                heard.reads += 1;
            }
            Err(error) => {
                heard.broken = Some(error.kind());
                break;
            }
        }
    }
    heard.took = started.elapsed();
    heard
}

/// Looks again and again until `probe` is content.
pub(crate) async fn eventually<T: std::fmt::Debug>(
    what: &str,
    mut probe: impl FnMut() -> (bool, T),
) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (content, seen) = probe();
        if content {
            return;
        }
        assert!(Instant::now() < deadline, "{what} never came; last seen: {seen:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
