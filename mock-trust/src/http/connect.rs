//! Opening a connection: directly or through a proxy, in the clear or under TLS.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use super::CallError;
use super::proxy::proxy_for;
use super::read_limit::ReadLimit;
use crate::habits::WireHabits;
use crate::settings::Proxies;

/// A stream to whatever answers a URL.
pub(super) struct Connection {
    pub(super) stream: Pin<Box<dyn Stream>>,
    /// Whether requests name the whole URL, because a proxy reads them.
    pub(super) absolute_form: bool,
}

/// Bytes both ways.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send {}
impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// Connects to the host of `url`; each later wait for bytes is bounded by `read`.
pub(super) async fn connect(
    url: &Url,
    proxies: &Proxies,
    tls: &Arc<ClientConfig>,
    read: Option<Duration>,
    habits: WireHabits,
) -> Result<Connection, CallError> {
    let proxy = proxy_for(proxies, url);
    let mut tcp = dial(proxy.as_ref().unwrap_or(url), habits).await?;
    if url.scheme() != "https" {
        let stream = Box::pin(ReadLimit::new(tcp, read));
        return Ok(Connection { stream, absolute_form: proxy.is_some() });
    }
    if proxy.is_some() {
        open_tunnel(&mut tcp, url).await?;
    }
    let host = bare_host(url)?.to_owned();
    let name = ServerName::try_from(host).map_err(|error| CallError::Url(error.to_string()))?;
    let stream = TlsConnector::from(Arc::clone(tls))
        .connect(name, ReadLimit::new(tcp, read))
        .await
        .map_err(|error| CallError::from_handshake(&error))?;
    Ok(Connection { stream: Box::pin(stream), absolute_form: false })
}

async fn dial(url: &Url, habits: WireHabits) -> Result<TcpStream, CallError> {
    let port = url.port_or_known_default().ok_or_else(|| CallError::Url("no port".into()))?;
    let found = lookup_host((bare_host(url)?, port)).await.map_err(|_| CallError::UnknownName)?;
    let mut addresses: Vec<SocketAddr> = found.collect();
    if !habits.tries_every_address {
        addresses.truncate(1);
    }
    let tcp = first_answer(&addresses).await.ok_or(CallError::NotConnected)?;
    // Small requests should leave at once; a kernel that refuses this still works.
    let _ = tcp.set_nodelay(true);
    Ok(tcp)
}

/// The connection of whichever address answers first; each is tried a little later than the one before
/// it, or as soon as that one is refused.
async fn first_answer(addresses: &[SocketAddr]) -> Option<TcpStream> {
    let mut attempts = JoinSet::new();
    for address in addresses {
        attempts.spawn(TcpStream::connect(*address));
        let answered = async {
            while let Some(ended) = attempts.join_next().await {
                if let Ok(Ok(tcp)) = ended {
                    return Some(tcp);
                }
            }
            None
        };
        if let Ok(Some(tcp)) = timeout(NEXT_ADDRESS, answered).await {
            return Some(tcp);
        }
    }
    while let Some(ended) = attempts.join_next().await {
        if let Ok(Ok(tcp)) = ended {
            return Some(tcp);
        }
    }
    None
}

fn bare_host(url: &Url) -> Result<&str, CallError> {
    let host = url.host_str().ok_or_else(|| CallError::Url("no host".into()))?;
    Ok(host.trim_matches(['[', ']']))
}

async fn open_tunnel(tcp: &mut TcpStream, url: &Url) -> Result<(), CallError> {
    let broken = |error: std::io::Error| CallError::Proxy(error.to_string());
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(443);
    let request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.map_err(broken)?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() == TUNNEL_ANSWER_BYTES_MAX {
            return Err(CallError::Proxy("endless answer".into()));
        }
        answer.push(tcp.read_u8().await.map_err(broken)?);
    }
    let line = String::from_utf8_lossy(&answer);
    let line = line.lines().next().unwrap_or_default();
    match line.split_whitespace().nth(1) {
        Some(status) if status.starts_with('2') => Ok(()),
        _ => Err(CallError::Proxy(line.to_owned())),
    }
}

/// What the usual client waits for one address before it tries the next as well.
const NEXT_ADDRESS: Duration = Duration::from_millis(250);
const TUNNEL_ANSWER_BYTES_MAX: usize = 8192;
