//! Print the notifications of a user, whatever happens to the connection.
//!
//! `SLOP_TOKEN=… cargo run --example notifications`

use slop_sdk::schema::protocol::Notification;
use slop_sdk::{Client, ConnectionState};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("SLOP_URL").unwrap_or_else(|_| "http://localhost:3000".into());
    let client = Client::builder(url)
        .token(std::env::var("SLOP_TOKEN")?)
        .connect()
        .await?;
    let mut notifications = client.on::<Notification>();
    let mut state = client.state();
    println!("listening");

    loop {
        tokio::select! {
            Some(notification) = notifications.next() => match notification {
                Ok(it) => println!("{}: {}", it.title, it.message),
                Err(error) => eprintln!("{error}"),
            },
            _ = state.changed() => match &*state.borrow_and_update() {
                ConnectionState::Connected(_) => eprintln!("connected"),
                ConnectionState::Reconnecting(now) => eprintln!("{}: connecting again", now.lost),
                ConnectionState::Closed(_) => return Err("the connection ended".into()),
                _ => {}
            },
        }
    }
}
