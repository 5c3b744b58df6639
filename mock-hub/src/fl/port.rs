//! A listening port that can fall silent.
//!
//! Behind a security group an unlisted caller sees nothing at all: no reset, no handshake, a connect
//! that times out. Silence towards everybody is made of what a kernel does by itself: it drops SYNs when
//! the queue of finished handshakes is full. So that queue is shrunk and filled with connections of our
//! own. Silence towards some is a packet filter on the listening socket, which sees their SYNs before
//! the kernel answers. On loopback there is none: callers that are dropped there are taken, noted in the
//! journal and never answered.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, SockFilter, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::allow_list::Gate;

/// A port whose gate can be moved while its address stays the same.
pub struct Port {
    address: SocketAddr,
    state: State,
    own: HashSet<SocketAddr>,
}

enum State {
    Open(TcpListener),
    Silent {
        listener: TcpListener,
        _fillers: Vec<TcpStream>,
    },
    /// A bound socket that does not listen refuses callers and keeps others off the port.
    Closed(Option<Socket>),
}

impl Port {
    /// Binds and listens with an open gate.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = listen(address)?;
        Ok(Self {
            address: listener.local_addr()?,
            state: State::Open(listener),
            own: HashSet::new(),
        })
    }

    /// The address, the same in every state.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next caller. Pending for ever unless the gate is open.
    pub async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let State::Open(listener) = &self.state else { return std::future::pending().await };
        loop {
            let (stream, peer) = listener.accept().await?;
            if !self.own.remove(&peer) {
                return Ok((stream, peer));
            }
        }
    }

    /// Moves the gate. The new state holds when this returns.
    ///
    /// Fails when the port cannot be bound again, or when this system answers callers although the
    /// queue is full ([`io::ErrorKind::Unsupported`]); the gate is then open.
    pub async fn set_gate(&mut self, gate: Gate) -> io::Result<()> {
        match (&self.state, gate) {
            (State::Open(_), Gate::Open)
            | (State::Silent { .. }, Gate::Silent)
            | (State::Closed(_), Gate::Closed) => return Ok(()),
            _ => {}
        }
        let listener = match std::mem::replace(&mut self.state, State::Closed(None)) {
            State::Open(listener) => listener,
            State::Silent { listener, _fillers: fillers } => {
                drop(fillers);
                SockRef::from(&listener).listen(BACKLOG)?;
                listener
            }
            State::Closed(Some(reserved)) => listen_on(reserved)?,
            State::Closed(None) => listen(self.address)?,
        };
        if gate == Gate::Closed {
            self.own.clear();
            // Closing comes first: a port cannot be bound again while somebody listens on it.
            drop(listener);
            self.state = State::Closed(bound(self.address).ok());
            return Ok(());
        }
        if gate == Gate::Open {
            self.state = State::Open(listener);
            return Ok(());
        }
        self.silence(listener).await
    }

    /// Takes packets of everybody.
    pub fn hear_all(&self) {
        if let State::Open(listener) | State::Silent { listener, .. } = &self.state {
            // There may be no filter.
            let _ = SockRef::from(listener).detach_filter();
        }
    }

    /// Drops packets of everybody but these; connections that stand stay. Nothing is dropped on
    /// loopback, nor where no filter was asked for.
    pub fn hear_only(&self, sources: Option<&BTreeSet<IpAddr>>) -> io::Result<()> {
        let (State::Open(listener), Some(sources)) = (&self.state, sources) else { return Ok(()) };
        if self.address.ip().is_loopback() || !self.address.is_ipv4() {
            return Ok(());
        }
        SockRef::from(listener).attach_filter(&filter(sources))
    }

    async fn silence(&mut self, listener: TcpListener) -> io::Result<()> {
        SockRef::from(&listener).listen(0)?;
        let mut fillers = Vec::new();
        while fillers.len() < FILLERS_MAX {
            let Ok(stream) = timeout(FILL_PATIENCE, TcpStream::connect(self.address)).await else {
                self.state = State::Silent { listener, _fillers: fillers };
                return Ok(());
            };
            let stream = stream?;
            self.own.insert(stream.local_addr()?);
            fillers.push(stream);
        }
        drop(fillers);
        SockRef::from(&listener).listen(BACKLOG)?;
        self.state = State::Open(listener);
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this system answers callers although the listen queue is full",
        ))
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    listen_on(bound(address)?)
}

fn listen_on(socket: Socket) -> io::Result<TcpListener> {
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// A program of the kernel's packet filter: the source address of the packet must be one of these.
fn filter(sources: &BTreeSet<IpAddr>) -> Vec<SockFilter> {
    let mut program = vec![SockFilter::new(LOAD_WORD, 0, 0, SOURCE_ADDRESS)];
    for source in sources {
        // Packets of the other family do not come to this socket.
        let IpAddr::V4(source) = source else { continue };
        program.push(SockFilter::new(SKIP_UNLESS_EQUAL, 0, 1, u32::from(*source)));
        program.push(SockFilter::new(RETURN, 0, 0, u32::MAX));
    }
    program.push(SockFilter::new(RETURN, 0, 0, 0));
    program
}

/// BPF_LD, BPF_W, BPF_ABS.
const LOAD_WORD: u16 = 0x20;
/// SKF_NET_OFF, and where the source address lies in an IPv4 header.
const SOURCE_ADDRESS: u32 = 0xFFF0_0000 + 12;
/// BPF_JMP, BPF_JEQ, BPF_K.
const SKIP_UNLESS_EQUAL: u16 = 0x15;
/// BPF_RET, BPF_K.
const RETURN: u16 = 0x06;

/// Finished handshakes that may wait while the gate is open.
const BACKLOG: i32 = 1024;

/// A filler that is not answered within this time has found the queue full; on loopback an answer
/// takes well under a millisecond.
const FILL_PATIENCE: Duration = Duration::from_millis(50);

/// A queue of length zero takes one or two; callers that were waiting may take the place of some.
const FILLERS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    async fn connect(address: SocketAddr) -> Option<io::Result<TcpStream>> {
        timeout(Duration::from_millis(150), TcpStream::connect(address)).await.ok()
    }

    #[tokio::test]
    async fn a_silent_port_lets_connects_time_out_and_serves_again_afterwards() {
        let mut port = Port::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = port.address();
        assert!(connect(address).await.expect("control: an open port answers").is_ok());
        port.accept().await.unwrap();
        for _ in 0..3 {
            port.set_gate(Gate::Silent).await.unwrap();
            assert!(connect(address).await.is_none(), "neither accepted nor refused");
            port.set_gate(Gate::Open).await.unwrap();
            let caller = connect(address).await.expect("answered").unwrap();
            let (_stream, peer) = port.accept().await.unwrap();
            assert_eq!(peer, caller.local_addr().unwrap(), "no filler is taken for a caller");
        }
    }

    #[tokio::test]
    async fn a_closed_port_refuses_and_comes_back_at_the_same_address() {
        let mut port = Port::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = port.address();
        port.set_gate(Gate::Closed).await.unwrap();
        let refused = connect(address).await.expect("answered at once").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert!(matches!(port.state, State::Closed(Some(_))), "the port stays reserved");
        port.set_gate(Gate::Silent).await.unwrap();
        assert!(connect(address).await.is_none());
        port.set_gate(Gate::Open).await.unwrap();
        assert_eq!(port.address(), address);
        assert!(connect(address).await.expect("answered").is_ok());
    }
}
