//! One client for both sides: raw keep-alive connections that send one request after another.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Connections every throughput row uses.
pub(crate) const CONNECTIONS: usize = 32;

/// One poll with that key.
pub(crate) fn poll(key: &str) -> Vec<u8> {
    format!("GET /api/tasks/pending HTTP/1.1\r\nHost: hub\r\nAuthorization: {key}\r\n\r\n")
        .into_bytes()
}

/// The body of one answer, which must be a 200.
pub(crate) async fn once(addr: SocketAddr, request: &[u8]) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(addr).await?;
    let mut buffer = Vec::new();
    let (from, to) = exchange(&mut stream, request, &mut buffer).await?;
    Ok(String::from_utf8_lossy(&buffer[from..to]).into_owned())
}

/// Requests a second over [`CONNECTIONS`] connections.
pub(crate) async fn rate(addr: SocketAddr, requests: &[Vec<u8>], secs: f64) -> anyhow::Result<f64> {
    let stop = Arc::new(AtomicBool::new(false));
    let begun = Instant::now();
    let done = drive(addr, requests, u64::MAX, &stop, Some(Duration::from_secs_f64(secs))).await?;
    Ok(done as f64 / begun.elapsed().as_secs_f64())
}

/// Sends so many requests.
pub(crate) async fn send(
    addr: SocketAddr,
    requests: &[Vec<u8>],
    count: u64,
) -> anyhow::Result<u64> {
    drive(addr, requests, count, &Arc::new(AtomicBool::new(false)), None).await
}

async fn drive(
    addr: SocketAddr,
    requests: &[Vec<u8>],
    count: u64,
    stop: &Arc<AtomicBool>,
    limit: Option<Duration>,
) -> anyhow::Result<u64> {
    let left = Arc::new(AtomicU64::new(count));
    let mut workers = JoinSet::new();
    for worker in 0..CONNECTIONS {
        let (left, stop) = (Arc::clone(&left), Arc::clone(stop));
        let own: Vec<Vec<u8>> =
            requests.iter().skip(worker).step_by(CONNECTIONS).cloned().collect();
        let own = if own.is_empty() { requests.to_vec() } else { own };
        workers.spawn(async move { work(addr, &own, &left, &stop).await });
    }
    if let Some(limit) = limit {
        tokio::time::sleep(limit).await;
        stop.store(true, Ordering::Relaxed);
    }
    let mut done = 0;
    while let Some(worker) = workers.join_next().await {
        done += worker??;
    }
    Ok(done)
}

async fn work(
    addr: SocketAddr,
    requests: &[Vec<u8>],
    left: &AtomicU64,
    stop: &AtomicBool,
) -> anyhow::Result<u64> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4096);
    let mut done = 0;
    for request in requests.iter().cycle() {
        let mine = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
        if stop.load(Ordering::Relaxed) || mine.is_err() {
            break;
        }
        exchange(&mut stream, request, &mut buffer).await?;
        done += 1;
    }
    Ok(done)
}

/// Sends one request and reads one whole answer; returns where its body lies in the buffer.
async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> anyhow::Result<(usize, usize)> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the connection ended in the middle of an answer");
        }
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let length = content_length(&buffer[..head])?;
        let end = head + 4 + length;
        if buffer.len() >= end {
            if !buffer.starts_with(b"HTTP/1.1 200") {
                bail!("not a 200: {}", String::from_utf8_lossy(&buffer[..head]));
            }
            return Ok((head + 4, end));
        }
    }
}

fn content_length(head: &[u8]) -> anyhow::Result<usize> {
    let head = std::str::from_utf8(head)?;
    let value = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer without content-length")?;
    Ok(value.1.trim().parse()?)
}
