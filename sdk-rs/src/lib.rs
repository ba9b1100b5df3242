//! The Rust client of the Slop Studios realtime API.
//!
//! One [`Client`] holds one connection, which carries all namespaces. It is cheap to clone,
//! connects again by itself, and restores what it had.
//!
//! ```no_run
//! use slop_sdk::{Client, RunUpdate};
//! use std::io::Write;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder("https://realtime.example.com")
//!     .token("your-jwt-token")
//!     .connect()
//!     .await?;
//!
//! let mut run = client.claude().execute("Explain how async/await works").await?;
//! while let Some(update) = run.next().await {
//!     if let RunUpdate::Progress(progress) = update {
//!         print!("{}", progress.data.unwrap_or_default());
//!         std::io::stdout().flush()?;
//!     }
//! }
//! println!("{:?}", run.outcome().await?.parsed_response);
//! # Ok(())
//! # }
//! ```
//!
//! # Calls
//!
//! [`Client::call`] sends any event of the protocol and waits for its callback, typed by the event;
//! [`session`](Client::session), [`rooms`](Client::rooms), [`media`](Client::media) and
//! [`claude`](Client::claude) do it with fewer words. A callback that says no is a
//! [`CallError::Refused`] with the server's sentence and code. Calls may be dropped at any point:
//! what was not sent is not sent any more, and nothing is left behind. No call is sent twice.
//!
//! # Events
//!
//! [`Client::on`] is a stream of one event's payloads, [`Client::events`] of all of them as one
//! enum, [`Client::on_any`] of those that the protocol does not declare. Any number of streams read
//! at their own pace; one that is too slow loses the oldest events and is told how many, where they
//! were.
//!
//! ```no_run
//! use slop_sdk::EventError;
//! use slop_sdk::schema::protocol::MediaProgress;
//!
//! # async fn example(client: slop_sdk::Client) -> Result<(), slop_sdk::CallError> {
//! let mut progress = client.on::<MediaProgress>();
//! client.media().subscribe("media-1").await?;
//! while let Some(event) = progress.next().await {
//!     match event {
//!         Ok(progress) => println!("{} %", progress.progress.get()),
//!         Err(EventError::Lagged(count)) => println!("({count} events were missed)"),
//!         Err(error) => eprintln!("{error}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Connections
//!
//! When the connection is lost, what was sent and not answered fails with
//! [`CallError::ConnectionLost`], and the client connects again, with pauses as [`Backoff`] says
//! and a fresh token of the [token provider](Builder::token_provider). Once it is signed in, its
//! rooms and media are restored and its [runs](Run) have caught up, the [state](Client::state) is
//! [`Connected`](ConnectionState::Connected) again and calls go out. A server that goes silent is
//! noticed by its missing heartbeat.
//!
//! The connection ends with the last clone of the client, or with [`Client::close`].
//!
//! # Features
//!
//! - `rustls` (default): TLS in Rust, with the roots of the operating system
//! - `native-tls`: TLS of the operating system
//! - `cli`: the command-line tool `slop`

mod builder;
mod client;
mod facade;

mod events;
mod run;
mod state;

mod backoff;
mod error;
mod token;
mod transport;

mod driver;
mod engine;
mod packet;

mod calls;
mod memory;
mod reply;
mod shared;

pub use backoff::Backoff;
pub use builder::Builder;
pub use client::Client;
pub use error::{CallError, ConnectError, ConnectionLost, Refusal, RefusalCode, Step};
pub use events::{EventError, EventStream, ServerEvent, UndeclaredEvent, Undecodable};
pub use facade::{Claude, Media, Rooms, Session};
pub use run::{Run, RunError, RunUpdate};
pub use state::{CloseReason, Connected, ConnectionState, NotRestored, Reconnecting};
pub use token::{ProviderError, Token};
pub use transport::{Connecting, Io, Tls};

/// The protocol: events, payloads and callbacks.
#[doc(inline)]
pub use slop_schema as schema;

/// For [`Tls::NativeTls`].
#[cfg(feature = "native-tls")]
pub use tokio_native_tls::native_tls;
/// For [`Tls::Rustls`].
#[cfg(feature = "rustls")]
pub use tokio_rustls::rustls;

/// The code in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// So does the code in the project's README, which needs the client and the server.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct ProjectReadme;
