//! The way to the hub as a network sees it: a relay that can be open, closed or unanswered, and a file
//! of names that says where it is.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What meets a connect.
#[derive(Debug)]
enum Way {
    /// It is taken and relayed. Aborting the task cuts what is open.
    Open(JoinHandle<()>),
    /// Nothing: the queue of the listener is full, and Linux drops further SYNs.
    Unanswered { _listener: TcpListener, _fillers: Vec<TcpStream> },
    /// A refusal.
    Closed,
}

/// One address at which the hub can be reached, or not.
#[derive(Debug)]
pub struct Approach {
    addr: SocketAddr,
    to: SocketAddr,
    way: Way,
}

impl Approach {
    /// An open way at that address to `to`; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn open(addr: SocketAddr, to: SocketAddr) -> std::io::Result<Self> {
        let listener = listener(addr, BACKLOG)?;
        let addr = listener.local_addr()?;
        Ok(Self { addr, to, way: relay(listener, to) })
    }

    /// A way at that address on which no connect is answered.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn unanswered(addr: SocketAddr) -> std::io::Result<Self> {
        Ok(Self { addr, to: addr, way: silence(addr).await? })
    }

    /// Where it is.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Cuts what is open and answers no connect from now on.
    ///
    /// # Errors
    /// When the address cannot be had again.
    pub async fn fall_silent(&mut self) -> std::io::Result<()> {
        self.close().await;
        self.way = silence(self.addr).await?;
        Ok(())
    }

    /// Cuts what is open and refuses connects from now on.
    pub async fn close(&mut self) {
        if let Way::Open(task) = &mut self.way {
            task.abort();
            // With the end of the task its port is free.
            let _ = task.await;
        }
        self.way = Way::Closed;
    }

    /// Relays again.
    ///
    /// # Errors
    /// When the address cannot be had again.
    pub async fn reopen(&mut self) -> std::io::Result<()> {
        self.close().await;
        self.way = relay(listener(self.addr, BACKLOG)?, self.to);
        Ok(())
    }

    /// Cuts what is open; connects are taken as before.
    ///
    /// # Errors
    /// When the address cannot be had again.
    pub async fn cut(&mut self) -> std::io::Result<()> {
        self.reopen().await
    }
}

impl Drop for Approach {
    fn drop(&mut self) {
        if let Way::Open(task) = &self.way {
            task.abort();
        }
    }
}

fn listener(addr: SocketAddr, backlog: u32) -> std::io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // The port is taken again while old connections are still remembered.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(backlog)
}

fn relay(listener: TcpListener, to: SocketAddr) -> Way {
    let task = tokio::spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((mut caller, _)) = listener.accept().await {
            while open.try_join_next().is_some() {}
            open.spawn(async move {
                if let Ok(mut hub) = TcpStream::connect(to).await {
                    // Either side may go whenever it likes.
                    let _ = copy_bidirectional(&mut caller, &mut hub).await;
                }
            });
        }
    });
    Way::Open(task)
}

/// Proven before it returns: one more connect of our own went unanswered.
async fn silence(addr: SocketAddr) -> std::io::Result<Way> {
    let listener = listener(addr, 1)?;
    let mut fillers = Vec::new();
    while let Ok(filler) = tokio::time::timeout(FILL_PATIENCE, TcpStream::connect(addr)).await {
        fillers.push(filler?);
    }
    Ok(Way::Unanswered { _listener: listener, _fillers: fillers })
}

/// The names a trust knows, as a file of hosts of its own: one name for the hub, and this machine's.
#[derive(Debug)]
pub struct Names {
    file: tempfile::NamedTempFile,
}

impl Names {
    /// A file that knows this machine only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn none() -> std::io::Result<Self> {
        let names = Self { file: tempfile::NamedTempFile::new()? };
        names.say(&[])?;
        Ok(names)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// From now on the hub's name stands for these addresses, in this order; written in place, because
    /// the trust has this very file before its eyes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn say(&self, addresses: &[IpAddr]) -> std::io::Result<()> {
        let mut text = "127.0.0.1 localhost\n".to_owned();
        for address in addresses {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{address} {HUB_NAME}");
        }
        std::fs::write(self.file.path(), text)
    }
}

/// A name nobody owns and no name service knows.
pub const HUB_NAME: &str = "hub.flip.test";
/// The address a hub is first at, and the one it moves to.
pub const ADDRESSES: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))];
/// This machine by the newer protocol.
pub const ADDRESS_V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const BACKLOG: u32 = 128;
/// On loopback an answer takes well under a millisecond.
const FILL_PATIENCE: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let addr = listener.local_addr().expect("bound");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        addr
    }

    async fn answers(addr: SocketAddr) -> Option<bool> {
        let connect = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(addr));
        let mut stream = match connect.await {
            Err(_) => return None,
            Ok(Err(_)) => return Some(false),
            Ok(Ok(stream)) => stream,
        };
        stream.write_all(b"x").await.ok()?;
        Some(stream.read_u8().await.is_ok())
    }

    #[tokio::test]
    async fn a_way_is_open_unanswered_closed_and_open_again() {
        let mut way = Approach::open((ADDRESSES[0], 0).into(), echo().await).expect("a port");
        assert_eq!(answers(way.addr()).await, Some(true));
        way.fall_silent().await.expect("silent");
        assert_eq!(answers(way.addr()).await, None);
        way.close().await;
        assert_eq!(answers(way.addr()).await, Some(false));
        way.reopen().await.expect("open");
        assert_eq!(answers(way.addr()).await, Some(true));
    }

    #[test]
    fn names_are_said_in_place() {
        let names = Names::none().expect("a file");
        names.say(&[ADDRESS_V6, ADDRESSES[0]]).expect("written");
        let text = std::fs::read_to_string(names.path()).expect("read");
        assert_eq!(text, "127.0.0.1 localhost\n::1 hub.flip.test\n127.0.0.1 hub.flip.test\n");
    }
}
