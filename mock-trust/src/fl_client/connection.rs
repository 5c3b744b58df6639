//! The client's one connection to the FL endpoint: join, wait for jobs, try again.

use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadHalf,
    WriteHalf, split,
};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsConnector;

use super::credentials::Credentials;
use super::options::{FlClientOptions, JOIN_SECS, RETRY_PAUSE_SECS};
use super::protocol::{FromClient, FromServer, LINE_BYTES_MAX};
use super::training::Training;
use crate::log::Level;

/// Why the endpoint could not be joined or was lost. The texts are what an operator searches for.
#[derive(Debug, thiserror::Error)]
enum LinkError {
    #[error("Connection timed out")]
    TimedOut,
    #[error("Connection refused")]
    Refused,
    #[error("Connection lost")]
    Lost,
    #[error("Name or service not known")]
    NameUnknown,
    #[error("registration refused: {0}")]
    NotAdmitted(String),
    #[error("FL kit unusable: {0}")]
    Kit(String),
    #[error("{0}")]
    Handshake(String),
    #[error("{0}")]
    Transport(#[source] std::io::Error),
}

/// Joins and serves for ever, one attempt every [`RETRY_PAUSE_SECS`] (scaled).
pub(super) async fn keep_joined(options: &FlClientOptions) {
    let pause = options.time_scale.secs(RETRY_PAUSE_SECS).max(PAUSE_FLOOR);
    let credentials = options
        .startup_dir
        .as_deref()
        .map(|folder| Credentials::read(folder, options.habits.checks_server));
    loop {
        let next = Instant::now() + pause;
        if let Err(error) = serve(options, credentials.as_ref()).await {
            let reason =
                if options.habits.tells_reason { error.to_string() } else { String::new() };
            let line = format!("target_unreachable: {}: {reason}", options.endpoint);
            (options.log)(Level::Warning, &line);
        }
        sleep_until(next).await;
    }
}

async fn serve(
    options: &FlClientOptions,
    credentials: Option<&Credentials>,
) -> Result<(), LinkError> {
    let limit = options.time_scale.secs(JOIN_SECS).max(JOIN_FLOOR);
    let joined =
        timeout(limit, join(options, credentials)).await.map_err(|_| LinkError::TimedOut)??;
    let (mut read, mut write) = joined;
    options.info(&format!("Joined {} as {}", options.endpoint, options.slot));
    let mut training: Option<Training<'_>> = None;
    loop {
        match receive(&mut read).await? {
            FromServer::Job(job) => training = Some(Training::new(options, job)),
            FromServer::Round { job_id, round } => {
                let Some(current) = training.as_mut().filter(|held| held.is(&job_id)) else {
                    continue;
                };
                let (lines, goes_on) = current.round(round).await;
                send(&mut write, &lines).await?;
                training = training.filter(|_| goes_on);
            }
            FromServer::Done { .. } => training = None,
            FromServer::Welcome {} | FromServer::Refused { .. } | FromServer::Unknown => {}
        }
    }
}

/// Bytes both ways, in plain text or under TLS.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

type Read = BufReader<ReadHalf<Box<dyn Stream>>>;
type Write = WriteHalf<Box<dyn Stream>>;

/// Connects, says hello and waits for the welcome.
async fn join(
    options: &FlClientOptions,
    credentials: Option<&Credentials>,
) -> Result<(Read, Write), LinkError> {
    let (read, mut write) = split(open(options, credentials).await?);
    let mut read = BufReader::new(read);
    let hello = FromClient::Hello {
        slot: options.slot.clone(),
        line: options.line,
        at_first: options.at_first,
    };
    send(&mut write, &[hello]).await?;
    loop {
        match receive(&mut read).await? {
            FromServer::Welcome {} => return Ok((read, write)),
            FromServer::Refused { reason } => return Err(LinkError::NotAdmitted(reason)),
            _ => {}
        }
    }
}

/// Connects, and shakes hands where the client has credentials.
async fn open(
    options: &FlClientOptions,
    credentials: Option<&Credentials>,
) -> Result<Box<dyn Stream>, LinkError> {
    let Some(credentials) = credentials else { return Ok(Box::new(connect(options).await?)) };
    let config = credentials.config().map_err(LinkError::Kit)?;
    let host =
        options.endpoint.rsplit_once(':').map_or(options.endpoint.as_str(), |(host, _)| host);
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
    let name = name.map_err(|_| LinkError::NameUnknown)?;
    let tcp = connect(options).await?;
    let stream = TlsConnector::from(config).connect(name, tcp).await;
    Ok(Box::new(stream.map_err(|error| broken(&error))?))
}

/// What ended a connection; the other side's refusal of a certificate comes as an alert.
fn broken(error: &std::io::Error) -> LinkError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(reason)) => {
            LinkError::Handshake(format!("CERTIFICATE_VERIFY_FAILED: {reason:?}"))
        }
        Some(refused) => LinkError::Handshake(format!("handshake failed: {refused}")),
        None => LinkError::Lost,
    }
}

async fn connect(options: &FlClientOptions) -> Result<TcpStream, LinkError> {
    let found = lookup_host(&options.endpoint).await.map_err(|_| LinkError::NameUnknown)?;
    let mut last = LinkError::NameUnknown;
    for address in found {
        match connect_from(options, address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn connect_from(options: &FlClientOptions, to: SocketAddr) -> Result<TcpStream, LinkError> {
    let socket = if to.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let socket = socket.map_err(LinkError::Transport)?;
    if let Some(source) = options.bind.filter(|source| source.is_ipv4() == to.is_ipv4()) {
        socket.bind(SocketAddr::new(source, 0)).map_err(LinkError::Transport)?;
    }
    socket.connect(to).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::ConnectionRefused => LinkError::Refused,
        std::io::ErrorKind::TimedOut => LinkError::TimedOut,
        std::io::ErrorKind::ConnectionReset => LinkError::Lost,
        _ => LinkError::Transport(error),
    })
}

async fn send(write: &mut Write, lines: &[FromClient]) -> Result<(), LinkError> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line).expect("plain data with text keys");
        text.push(b'\n');
    }
    write.write_all(&text).await.map_err(|error| broken(&error))?;
    write.flush().await.map_err(|error| broken(&error))
}

/// The next line; one that is too long or unreadable counts as unknown.
async fn receive(read: &mut Read) -> Result<FromServer, LinkError> {
    let mut line = Vec::new();
    let mut limited = read.take(LINE_BYTES_MAX as u64);
    let got = limited.read_until(b'\n', &mut line).await.map_err(|error| broken(&error))?;
    if got == 0 {
        return Err(LinkError::Lost);
    }
    Ok(serde_json::from_slice(&line).unwrap_or(FromServer::Unknown))
}

/// Scaled waits stay long enough for a loaded machine.
const JOIN_FLOOR: Duration = Duration::from_millis(250);
const PAUSE_FLOOR: Duration = Duration::from_millis(10);
