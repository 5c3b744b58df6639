//! Journal and fault-capable listener shared by both mocks.
//!
//! A mock makes one [`Journal`] and one [`FaultBook`], binds its listeners with [`Server`], and mounts
//! the routes of [`control`] beside its own:
//!
//! ```no_run
//! use std::time::Instant;
//! use axum::{Router, response::IntoResponse, routing::get};
//! use wiretap::{Auth, FaultBook, FaultNames, Journal, JournalOptions, ServeOptions, Server, Verdict};
//! use wiretap::control::{self, ControlToken, Fragments};
//!
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! let journal = Journal::new(JournalOptions::starting(Instant::now()))?;
//! let faults = FaultBook::new(7, FaultNames { semantic: vec!["loses-result"], routes: vec!["health"] });
//!
//! let options = ServeOptions {
//!     journal: Some(journal.clone()),
//!     faults: Some(faults.clone()),
//!     ..ServeOptions::named("hub-api")
//! };
//! let api = Router::new().route("/health", get(async || {
//!     (Verdict::route("health").auth(Auth::None), "ok").into_response()
//! }));
//! let listener = Server::bind("127.0.0.1:0".parse()?, options)?.serve(api);
//!
//! let token = ControlToken::from_os();
//! let fragments = Fragments { journal, faults, listeners: vec![listener.handle()] };
//! let control = control::guarded(control::router(fragments), &token, control::openapi("mock-hub"));
//! let control = Server::bind("127.0.0.1:0".parse()?, ServeOptions::named("control"))?.serve(control);
//! println!("{} {}", listener.url(), control.url());
//! # Ok(())
//! # }
//! ```
//!
//! | item | what it is for |
//! |---|---|
//! | [`Server`], [`ServeOptions`] | bind an address, then `serve(router)` or `serve_raw(handler)` |
//! | [`Listener`] | owns the accept loop and every connection; dropping it ends them; `stop().await` |
//! | [`ListenerHandle`] | `down()`, `up()` on the same port, `set_tls(kind)`; cloned into the control API |
//! | [`ConnectionControl`] | request extension: `inject(WireFault)`, `note(Verdict)`, peer, number |
//! | [`Verdict`], [`Auth`] | what a handler tells the journal: route, trust, auth verdict, semantic fault |
//! | [`Classify`], [`Class`] | the owner's function from a request head to route and trust, asked before the handler |
//! | [`Journal`], [`Filter`] | bounded record of exchanges and connections; `after`, `wait`, NDJSON sink |
//! | [`FaultBook`], [`FaultOrder`] | armed faults; `arm`, `disarm`, `matching(family, route, trust)`, `take(name, ..)` |
//! | [`TRANSPORT`] | every transport fault with its sentence and an example |
//! | [`Tls`], [`TlsKind`] | private CA and four kinds of certificate |
//! | [`control`] | routes, token guard, error shape, input extractors, OpenAPI |
//!
//! An exchange is recorded before its reply leaves, so a caller who has the reply finds the record. Transport faults need no
//! code in the owner: with `faults` and [`ServeOptions::classify`] set they happen around the router. Semantic
//! faults are the owner's: ask [`FaultBook::matching`] or [`FaultBook::take`] where the habit is decided.

mod capture;
pub mod control;
mod faults;
mod journal;
mod listener;
mod tls;

pub use capture::{Auth, Verdict};
pub use faults::{
    ArmError, Family, FaultBook, FaultId, FaultNames, FaultOrder, Hit, Part, Standing, TRANSPORT,
    TransportFault, TransportFaultRow, When,
};
pub use journal::{
    ConnectionPage, ExchangePage, Filter, Journal, JournalOptions, SecretHeaders, SinkError,
};
pub use listener::{
    Class, Classify, ConnectionControl, ListenError, Listener, ListenerHandle, ListenerState,
    RawConnection, RawHandler, ServeOptions, Server, Stream, WireFault, callable,
};
pub use tls::{Tls, TlsError, TlsKind};
