//! Another origin: a small HTTP server that nobody should call, and that tells who did.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use contract::key::{Secret, leaks, mask_known, mask_text};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A listener on a port of its own; ends when dropped.
#[derive(Debug)]
pub struct Decoy {
    addr: SocketAddr,
    requests: Arc<Mutex<Vec<Secret>>>,
    task: JoinHandle<()>,
}

impl Decoy {
    /// Starts listening.
    ///
    /// # Errors
    /// When there is no port to be had.
    pub async fn start(at: IpAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind((at, 0)).await?;
        let addr = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, Arc::clone(&requests)));
        Ok(Self { addr, requests, task })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}/elsewhere", self.addr)
    }

    /// Every request so far, secrets replaced.
    pub fn requests(&self, known: &[&Secret]) -> Vec<String> {
        let requests = self.requests.lock();
        requests
            .iter()
            .map(|text| mask_text(&mask_known(text.expose(), known)).into_owned())
            .collect()
    }

    /// Names of the planted secrets that any request carried.
    pub fn leaked(&self, planted: &[(&str, &Secret)]) -> Vec<String> {
        let requests = self.requests.lock();
        let found = requests.iter().flat_map(|text| leaks(text.expose(), planted));
        found.map(|leak| leak.name.clone()).collect()
    }
}

impl Drop for Decoy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, requests: Arc<Mutex<Vec<Secret>>>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while open.try_join_next().is_some() {}
        if open.len() < CONNECTIONS_MAX {
            let requests = Arc::clone(&requests);
            open.spawn(async move {
                // A caller that goes away is none of our business.
                let _ = tokio::time::timeout(PATIENCE, answer(stream, &requests)).await;
            });
        }
    }
}

/// Reads one request and is content with it.
async fn answer(mut stream: TcpStream, requests: &Mutex<Vec<Secret>>) -> std::io::Result<()> {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    while !is_whole(&read) && read.len() < REQUEST_BYTES_MAX {
        match stream.read(&mut chunk).await? {
            0 => break,
            count => read.extend_from_slice(&chunk[..count]),
        }
    }
    {
        let mut requests = requests.lock();
        if requests.len() < REQUESTS_MAX {
            requests.push(Secret::from(String::from_utf8_lossy(&read).into_owned()));
        }
    }
    stream.write_all(ANSWER).await?;
    stream.shutdown().await
}

fn is_whole(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let told = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let length = value.trim().parse::<usize>().ok()?;
        name.eq_ignore_ascii_case("content-length").then_some(length)
    });
    body.len() >= told.unwrap_or(0)
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    content-length: 2\r\nconnection: close\r\n\r\n{}";
const CONNECTIONS_MAX: usize = 32;
const REQUESTS_MAX: usize = 64;
const REQUEST_BYTES_MAX: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_is_recorded_and_its_secrets_are_found_but_not_shown() {
        let decoy = Decoy::start(crate::target::LOOPBACK).await.expect("a port");
        let key = Secret::from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_".to_owned());
        let mut stream = TcpStream::connect(decoy.addr).await.expect("it listens");
        let request = format!(
            "POST /elsewhere HTTP/1.1\r\nX-Key: {}\r\nContent-Length: 2\r\n\r\n{{}}",
            key.expose()
        );
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("it answers");
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        assert_eq!(decoy.leaked(&[("key", &key)]), ["key"]);
        assert!(!decoy.requests(&[&key])[0].contains(key.expose()));
    }
}
