//! Follow the generation of a media item to its end.
//!
//! `cargo run --example follow_media -- media-1`

use slop_sdk::schema::protocol::{MediaComplete, MediaError, MediaProgress};
use slop_sdk::{Client, EventError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("SLOP_URL").unwrap_or_else(|_| "http://localhost:3000".into());
    let media = std::env::args().nth(1).ok_or("give a media id")?;
    let client = Client::builder(url).connect().await?;

    // Listening begins before the subscription: nothing can come between.
    let mut progress = client.on::<MediaProgress>();
    let mut complete = client.on::<MediaComplete>();
    let mut failed = client.on::<MediaError>();
    client.media().subscribe(media).await?;
    println!("subscribed");

    loop {
        tokio::select! {
            Some(event) = progress.next() => match event {
                Ok(progress) => println!("{:>3} % {}", progress.progress.get(), progress.stage),
                Err(EventError::Lagged(count)) => println!("({count} steps were too fast)"),
                Err(error) => eprintln!("{error}"),
            },
            Some(event) = complete.next() => {
                println!("{}", event?.url);
                return Ok(());
            }
            Some(event) = failed.next() => return Err(event?.error.into()),
            else => return Err("the connection ended".into()),
        }
    }
}
