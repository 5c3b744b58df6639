//! Looking at everything that crosses the network namespace of this very process, as an observer
//! container does for the trust that shares its namespace.

use std::io::{self, BufWriter, Read as _, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};

use crate::packets::{READY, Seen, Sighting, listening, own_addresses, sightings};

/// Sends what has no other way to this gateway: attempts to reach the outside then leave as packets and
/// are dropped on the way, as behind a firewall, instead of failing unseen.
///
/// # Errors
/// When the kernel refuses; needs NET_ADMIN. A route that is there already is no error.
pub async fn route_via(gateway: Ipv4Addr) -> io::Result<()> {
    let (connection, handle, _) = rtnetlink::new_connection()?;
    // Ends with the last handle.
    let talking = tokio::spawn(connection);
    let route = rtnetlink::RouteMessageBuilder::<Ipv4Addr>::new().gateway(gateway).build();
    let added = handle.route().add(route).execute().await;
    drop(handle);
    talking.abort();
    match added {
        Err(rtnetlink::Error::NetlinkError(error)) if error.to_io().kind() == EXISTS => Ok(()),
        other => other.map_err(io::Error::other),
    }
}

/// Tells everything that is seen as lines on `out`, flushed one by one, until told to stop or nobody
/// reads any more. Needs NET_RAW.
///
/// # Errors
/// When no packets may be seen here, or the tables of the kernel cannot be read.
pub fn observe(out: impl Write, stop: &AtomicBool) -> io::Result<()> {
    let socket = packet_socket()?;
    let mut teller = Teller { out: BufWriter::new(out), begun: Instant::now(), told: 0 };
    writeln!(teller.out, "{READY}")?;
    teller.out.flush()?;
    let (mut ports, mut looked) = (None, None::<Instant>);
    let mut own = std::collections::BTreeSet::new();
    let mut frame = vec![0; FRAME_BYTES_MAX];
    while !stop.load(Ordering::Relaxed) {
        if looked.is_none_or(|at| at.elapsed() >= BETWEEN_LOOKS) {
            own = own_addresses(&table("fib_trie")?, &table("if_inet6").unwrap_or_default());
            let now = listening(&both("tcp")?, &both("udp")?);
            if ports.as_ref() != Some(&now) {
                teller.tell(now.clone())?;
                ports = Some(now);
            }
            looked = Some(Instant::now());
        }
        match (&socket).read(&mut frame) {
            Ok(bytes) => {
                for sighting in sightings(&frame[..bytes], &own) {
                    teller.tell(sighting)?;
                }
            }
            Err(error) if QUIET.contains(&error.kind()) => {}
            // An interface that goes down says so once; others may still be up.
            Err(error) if error.raw_os_error() == Some(NETWORK_DOWN) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

struct Teller<W: Write> {
    out: BufWriter<W>,
    begun: Instant,
    told: u32,
}

impl<W: Write> Teller<W> {
    /// A flood fills nobody's disk: past a number of lines only marks are told.
    fn tell(&mut self, sighting: Sighting) -> io::Result<()> {
        let is_mark = matches!(sighting, Sighting::Mark { .. });
        let sighting = match self.told {
            LINES_MAX if !is_mark => return Ok(()),
            almost if almost + 1 == LINES_MAX && !is_mark => Sighting::Cut,
            _ => sighting,
        };
        self.told += u32::from(!is_mark);
        let at_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        serde_json::to_writer(&mut self.out, &Seen { at_ms, sighting })?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

/// All frames of all interfaces, both ways.
fn packet_socket() -> io::Result<Socket> {
    // The kernel wants the protocol in network byte order.
    let every = Protocol::from(i32::from(EVERY_PROTOCOL.to_be()));
    let socket = Socket::new(Domain::PACKET, Type::RAW, Some(every))?;
    // More room than usual: nothing may be lost while a line is written.
    let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
    socket.set_read_timeout(Some(BETWEEN_LOOKS))?;
    Ok(socket)
}

fn both(protocol: &str) -> io::Result<String> {
    // Each table begins with a line of headings; the second one's is no socket either.
    Ok(table(protocol)? + &table(&format!("{protocol}6")).unwrap_or_default())
}

fn table(name: &str) -> io::Result<String> {
    std::fs::read_to_string(Path::new("/proc/self/net").join(name))
}

/// The addresses of this namespace.
///
/// # Errors
/// When the tables of the kernel cannot be read.
pub fn addresses() -> io::Result<Vec<IpAddr>> {
    let own = own_addresses(&table("fib_trie")?, &table("if_inet6").unwrap_or_default());
    Ok(own.into_iter().collect())
}

const EXISTS: io::ErrorKind = io::ErrorKind::AlreadyExists;
const QUIET: [io::ErrorKind; 3] =
    [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut, io::ErrorKind::Interrupted];
/// ETH_P_ALL.
const EVERY_PROTOCOL: u16 = 0x0003;
/// ENETDOWN.
const NETWORK_DOWN: i32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// More of a frame is not asked for: what begins a connection or asks a name fits.
const FRAME_BYTES_MAX: usize = 4096;
const BUFFER_BYTES: usize = 8 * 1024 * 1024;
/// Some twenty megabytes.
const LINES_MAX: u32 = 200_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_marks_get_through() {
        let mut out = Vec::new();
        let mut teller =
            Teller { out: BufWriter::new(&mut out), begun: Instant::now(), told: LINES_MAX - 2 };
        let echo = || Sighting::Echo { to: IpAddr::from([9, 9, 9, 9]) };
        for sighting in [echo(), echo(), echo(), Sighting::Mark { number: 3 }] {
            teller.tell(sighting).expect("written");
        }
        drop(teller);
        let text = String::from_utf8(out).expect("text");
        let words: Vec<&str> = text.lines().filter_map(|line| line.split('"').nth(5)).collect();
        assert_eq!(words, ["echo", "cut", "mark"]);
    }

    #[test]
    fn this_namespace_has_addresses() {
        assert!(!addresses().expect("tables").is_empty());
    }
}
