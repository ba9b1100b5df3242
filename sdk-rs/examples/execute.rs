//! Sign in, execute a prompt, and print its output as it comes.
//!
//! `SLOP_TOKEN=… cargo run --example execute -- "Explain how async/await works"`

use slop_sdk::{Client, RunUpdate};
use std::io::Write;
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("SLOP_URL").unwrap_or_else(|_| "http://localhost:3000".into());
    let prompt = std::env::args().nth(1).ok_or("give a prompt")?;
    let client = Client::builder(url)
        .token(std::env::var("SLOP_TOKEN")?)
        .connect()
        .await?;

    let mut run = client.claude().execute(prompt).await?;
    while let Some(update) = run.next().await {
        match update {
            RunUpdate::Progress(progress) => {
                print!("{}", progress.data.unwrap_or_default());
                std::io::stdout().flush()?;
            }
            RunUpdate::Queued(queued) => eprintln!("{}", queued.message),
            RunUpdate::Reconnected => eprintln!("connected again"),
            _ => {}
        }
    }
    let result = run.outcome().await?;
    println!("\n{} ms", result.duration_ms.get());

    client.close(Duration::from_secs(5)).await;
    Ok(())
}
