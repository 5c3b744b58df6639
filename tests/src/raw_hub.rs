//! A listener that records requests as they are, spelling and order of headers included, and answers
//! what a script says.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::capture::Exchange;

/// Says what a request is answered: the whole reply as bytes; nothing means silence.
pub type Script = dyn Fn(&Exchange) -> String + Send + Sync;

/// The listener. Its threads end when their callers hang up.
pub struct RawHub {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Exchange>>>,
}

impl RawHub {
    /// Listens on a free port of 127.0.0.1.
    pub fn start(script: impl Fn(&Exchange) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (book, script): (_, Arc<Script>) = (Arc::clone(&seen), Arc::new(script));
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                let (book, script) = (Arc::clone(&book), Arc::clone(&script));
                std::thread::spawn(move || serve(stream, number as u64 + 1, &book, &*script));
            }
        });
        Self { address, seen }
    }

    /// `host:port`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was recorded since the last time, in order of arrival.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn serve(mut stream: TcpStream, number: u64, book: &Mutex<Vec<Exchange>>, script: &Script) {
    let _ = stream.set_read_timeout(Some(PATIENCE));
    let mut received = Vec::new();
    while let Some(exchange) = receive(&mut stream, &mut received, number) {
        let reply = script(&exchange);
        book.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
        if reply.is_empty() {
            // Silence until the caller hangs up.
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
            return;
        }
        if stream.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

fn receive(stream: &mut TcpStream, received: &mut Vec<u8>, number: u64) -> Option<Exchange> {
    loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let length = exchange(&head, b"", number)?;
            let length = length.request_header("content-length").and_then(|text| text.parse().ok());
            let ends_at = end + 4 + length.unwrap_or(0);
            if received.len() >= ends_at {
                let exchange = exchange(&head, &received[end + 4..ends_at], number);
                received.drain(..ends_at);
                return exchange;
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(n) if n > 0 => received.extend_from_slice(&buffer[..n]),
            _ => return None,
        }
    }
}

/// A request as a record: its head without the blank line, its body, and the connection it came on.
pub fn exchange(head: &str, body: &[u8], connection: u64) -> Option<Exchange> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (target, None),
    };
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned()))
    };
    Some(Exchange {
        seq: 0,
        listener: "raw".to_owned(),
        connection,
        peer: String::new(),
        at_ms: 0.0,
        ended_ms: 0.0,
        method: method.to_owned(),
        path: path.to_owned(),
        query,
        route: "unknown".to_owned(),
        request_headers: lines.map(header).collect::<Option<_>>()?,
        request_body: String::from_utf8_lossy(body).into_owned(),
        request_body_bytes: body.len() as u64,
        trust_id: None,
        auth: "none".to_owned(),
        status: 0,
        response_headers: Vec::new(),
        response_body: String::new(),
        response_body_bytes: 0,
        fault: None,
    })
}

/// No caller here is slower than this.
const PATIENCE: Duration = Duration::from_secs(60);
