//! The port: open, or reserved while connections are refused.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// A listening socket, or the bound one that keeps its port for it.
pub(super) enum Gate {
    Open(TcpListener),
    /// A bound socket refuses connections and keeps others off the port; without it the port is free.
    Shut(Option<TcpSocket>),
}

impl Gate {
    pub(super) fn open(addr: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let listener = bound(addr)?.listen(BACKLOG)?;
        let addr = listener.local_addr()?;
        Ok((Self::Open(listener), addr))
    }

    /// Never completes while shut.
    pub(super) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match self {
            Self::Open(listener) => listener.accept().await,
            Self::Shut(_) => std::future::pending().await,
        }
    }

    pub(super) fn shut(&mut self, addr: SocketAddr) {
        if matches!(self, Self::Open(_)) {
            // Closing comes first: the port cannot be bound again while it is listening.
            *self = Self::Shut(None);
            *self = Self::Shut(bound(addr).ok());
        }
    }

    pub(super) fn reopen(&mut self, addr: SocketAddr) -> io::Result<()> {
        if let Self::Shut(reserved) = self {
            let socket = reserved.take().map_or_else(|| bound(addr), Ok)?;
            *self = Self::Open(socket.listen(BACKLOG)?);
        }
        Ok(())
    }
}

fn bound(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

const BACKLOG: u32 = 1024;
