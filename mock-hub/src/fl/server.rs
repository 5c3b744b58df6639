//! The FL server stub: clients join it through the FL endpoint and wait for a training.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use contract::fl_line::FlLineId;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::protocol::{FromClient, FromServer, LINE_BYTES_MAX};

/// Says whether a slot was provisioned with a certificate.
pub type Provisioned = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The clients that joined, by slot.
pub struct FlServer {
    sessions: Mutex<BTreeMap<String, Session>>,
    provisioned: Provisioned,
}

/// A client as the control API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Joined {
    /// Slot of its certificate.
    pub slot: String,
    /// Line of its library.
    #[schema(value_type = String)]
    pub line: FlLineId,
    /// Whether a training holds it.
    pub busy: bool,
}

struct Session {
    number: u64,
    line: FlLineId,
    at_first: bool,
    to_client: mpsc::Sender<FromServer>,
    from_client: Option<mpsc::Receiver<FromClient>>,
}

/// One client, held by a training until this is dropped.
pub struct Lease {
    server: Arc<FlServer>,
    slot: String,
    number: u64,
    /// Line of its library.
    pub line: FlLineId,
    /// One of the oldest releases of the line.
    pub at_first: bool,
    to_client: mpsc::Sender<FromServer>,
    from_client: Option<mpsc::Receiver<FromClient>>,
}

impl FlServer {
    /// A server without clients.
    pub fn new(provisioned: Provisioned) -> Arc<Self> {
        Arc::new(Self { sessions: Mutex::new(BTreeMap::new()), provisioned })
    }

    /// The clients that are connected now, by slot.
    pub fn joined(&self) -> Vec<Joined> {
        let sessions = self.sessions.lock();
        let joined = |(slot, session): (&String, &Session)| Joined {
            slot: slot.clone(),
            line: session.line,
            busy: session.from_client.is_none(),
        };
        sessions.iter().map(joined).collect()
    }

    /// Takes the client of a slot for a training; `None` when it is not connected or busy.
    pub fn lease(self: &Arc<Self>, slot: &str) -> Option<Lease> {
        let mut sessions = self.sessions.lock();
        let session = sessions.get_mut(slot)?;
        let from_client = session.from_client.take()?;
        Some(Lease {
            server: Arc::clone(self),
            slot: slot.to_owned(),
            number: session.number,
            line: session.line,
            at_first: session.at_first,
            to_client: session.to_client.clone(),
            from_client: Some(from_client),
        })
    }

    /// Ends every session, as a start of the server with other certificates does.
    pub fn dismiss_all(&self) {
        self.sessions.lock().clear();
    }

    /// Speaks with one client until either side ends. `certified` is the slot of the certificate it
    /// showed, where certificates are asked for.
    pub async fn serve<S>(
        &self,
        stream: S,
        number: u64,
        certified: Option<String>,
    ) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut reader = BufReader::new(reader);
        let hello = timeout(HELLO_PATIENCE, read_line(&mut reader)).await??;
        let (slot, line, at_first) = match self.judge(hello, certified.as_deref()) {
            Ok(client) => client,
            Err(reason) => return send(&mut writer, &FromServer::Refused { reason }).await,
        };
        let (to_client, mut outbox) = mpsc::channel(QUEUE_LINES_MAX);
        let (inbox, from_client) = mpsc::channel(QUEUE_LINES_MAX);
        let session = Session { number, line, at_first, to_client, from_client: Some(from_client) };
        self.sessions.lock().insert(slot.clone(), session);
        let _guard = Membership { server: self, slot: &slot, number };
        send(&mut writer, &FromServer::Welcome { server: "mock-hub".into() }).await?;
        let mut lines = Lines::new(reader);
        loop {
            tokio::select! {
                message = outbox.recv() => match message {
                    Some(message) => send(&mut writer, &message).await?,
                    None => return Ok(()),
                },
                line = lines.next() => match line? {
                    None => return Ok(()),
                    Some(FromClient::Ping) => send(&mut writer, &FromServer::Pong).await?,
                    Some(message) => drop(inbox.try_send(message)),
                },
            }
        }
    }

    fn judge(
        &self,
        hello: Option<FromClient>,
        certified: Option<&str>,
    ) -> Result<(String, FlLineId, bool), String> {
        match hello {
            Some(FromClient::Hello { slot, .. })
                if certified.is_some_and(|certified| certified != slot) =>
            {
                let certified = certified.unwrap_or_default();
                Err(format!("the certificate of `{certified}` does not speak for `{slot}`"))
            }
            Some(FromClient::Hello { slot, line, at_first }) if (self.provisioned)(&slot) => {
                Ok((slot, line, at_first))
            }
            Some(FromClient::Hello { slot, .. }) => Err(format!("no certificate for `{slot}`")),
            _ => Err("the first line must be a hello".to_owned()),
        }
    }

    fn leave(&self, slot: &str, number: u64) {
        let mut sessions = self.sessions.lock();
        if sessions.get(slot).is_some_and(|session| session.number == number) {
            sessions.remove(slot);
        }
    }
}

impl Lease {
    /// Tells the client something; false when it has gone.
    pub async fn tell(&self, message: FromServer) -> bool {
        self.to_client.send(message).await.is_ok()
    }

    /// The client's next line about `job_id`, `None` when it has gone.
    pub async fn hear(&mut self, job_id: &str) -> Option<FromClient> {
        loop {
            let message = self.from_client.as_mut()?.recv().await?;
            match &message {
                FromClient::Metric { job_id: id, .. }
                | FromClient::Result { job_id: id, .. }
                | FromClient::Crash { job_id: id, .. }
                    if id == job_id =>
                {
                    return Some(message);
                }
                _ => {}
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut sessions = self.server.sessions.lock();
        if let Some(session) = sessions.get_mut(&self.slot)
            && session.number == self.number
        {
            session.from_client = self.from_client.take();
        }
    }
}

/// Takes the session out of the list when its connection ends in any way.
struct Membership<'a> {
    server: &'a FlServer,
    slot: &'a str,
    number: u64,
}

impl Drop for Membership<'_> {
    fn drop(&mut self) {
        self.server.leave(self.slot, self.number);
    }
}

/// Reads lines in a way that loses nothing when the wait is given up half way.
struct Lines<R> {
    reader: R,
    partial: Vec<u8>,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    fn new(reader: R) -> Self {
        Self { reader, partial: Vec::new() }
    }

    async fn next(&mut self) -> io::Result<Option<FromClient>> {
        loop {
            let available = self.reader.fill_buf().await?;
            if available.is_empty() {
                return Ok(None);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(available.len(), |at| at + 1);
            self.partial.extend_from_slice(&available[..taken]);
            self.reader.consume(taken);
            if self.partial.len() > LINE_BYTES_MAX {
                return Err(too_long());
            }
            if end.is_some() {
                let line = std::mem::take(&mut self.partial);
                return Ok(Some(serde_json::from_slice(&line).unwrap_or(FromClient::Unknown)));
            }
        }
    }
}

async fn read_line<R: AsyncBufRead + Unpin>(reader: &mut R) -> io::Result<Option<FromClient>> {
    let mut line = Vec::new();
    let mut limited = reader.take(LINE_BYTES_MAX as u64);
    limited.read_until(b'\n', &mut line).await?;
    Ok(serde_json::from_slice(&line).ok())
}

async fn send<W: AsyncWrite + Unpin>(writer: &mut W, message: &FromServer) -> io::Result<()> {
    let mut line = serde_json::to_vec(message).map_err(io::Error::other)?;
    line.push(b'\n');
    writer.write_all(&line).await?;
    writer.flush().await
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "line too long")
}

/// A connection that does not say hello is given up after this long.
const HELLO_PATIENCE: Duration = Duration::from_secs(10);

/// Lines that may wait in either direction; a client that floods loses the surplus.
const QUEUE_LINES_MAX: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    async fn line(reader: &mut (impl AsyncBufRead + Unpin)) -> serde_json::Value {
        let mut text = String::new();
        reader.read_line(&mut text).await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[tokio::test]
    async fn a_client_joins_is_leased_and_leaves() {
        let server = FlServer::new(Arc::new(|slot| slot == "Trust_1"));
        let (client, theirs) = tokio::io::duplex(4096);
        let serving = tokio::spawn({
            let server = Arc::clone(&server);
            async move { server.serve(theirs, 1, None).await }
        });
        let (reader, mut writer) = tokio::io::split(client);
        let mut reader = BufReader::new(reader);
        let hello = b"{\"type\":\"hello\",\"slot\":\"Trust_1\",\"line\":\"fl-0.1.8\"}\n";
        writer.write_all(hello).await.unwrap();
        assert_eq!(line(&mut reader).await["type"], "welcome");
        let mut lease = server.lease("Trust_1").expect("joined");
        assert!(server.lease("Trust_1").is_none(), "one training at a time");
        assert!(lease.tell(FromServer::Round { job_id: "j".into(), round: 1 }).await);
        assert_eq!(line(&mut reader).await["round"], 1);
        let result = b"{\"type\":\"result\",\"job_id\":\"j\",\"round\":1,\"size_bytes\":5}\n";
        writer.write_all(result).await.unwrap();
        assert!(matches!(lease.hear("j").await, Some(FromClient::Result { round: 1, .. })));
        drop(lease);
        assert!(!server.joined()[0].busy);
        drop((reader, writer));
        serving.await.unwrap().unwrap();
        assert!(server.joined().is_empty());
    }

    #[tokio::test]
    async fn a_slot_without_certificate_is_refused() {
        let server = FlServer::new(Arc::new(|slot| slot == "Trust_1"));
        let (client, theirs) = tokio::io::duplex(4096);
        let serving = tokio::spawn({
            let server = Arc::clone(&server);
            async move { server.serve(theirs, 1, None).await }
        });
        let (reader, mut writer) = tokio::io::split(client);
        let mut reader = BufReader::new(reader);
        let hello = b"{\"type\":\"hello\",\"slot\":\"Alpha\",\"line\":\"fl-0.1.8\"}\n";
        writer.write_all(hello).await.unwrap();
        assert_eq!(line(&mut reader).await["type"], "refused");
        serving.await.unwrap().unwrap();
    }
}
