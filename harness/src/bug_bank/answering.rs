//! A tiny HTTP server on loopback that answers by a table: what stands in for a registry.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::finding::{Judged, Stop};

/// Status for a path.
type Table = Arc<dyn Fn(&str) -> u16 + Send + Sync>;

/// Answers until it is dropped.
pub(super) struct Answering {
    /// Where.
    pub(super) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Answering {
    /// Starts answering with what `table` says of each path.
    pub(super) async fn start(table: impl Fn(&str) -> u16 + Send + Sync + 'static) -> Judged<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Stop::not_verified)?;
        let address = listener.local_addr().map_err(Stop::not_verified)?;
        let table: Table = Arc::new(table);
        let task = tokio::spawn(async move {
            let mut calls = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                calls.spawn(answer(stream, Arc::clone(&table)));
                while calls.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, task })
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request a connection; a caller that breaks off is its own fault.
async fn answer(stream: TcpStream, table: Table) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    stream.read_line(&mut request).await?;
    let mut header = String::new();
    while stream.read_line(&mut header).await? > 2 {
        header.clear();
    }
    let status = table(request.split(' ').nth(1).unwrap_or_default());
    let reply = format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.get_mut().write_all(reply.as_bytes()).await?;
    stream.get_mut().shutdown().await
}
