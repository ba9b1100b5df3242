//! Stay signed in for longer than a token lasts: a provider gives a fresh one for each connection,
//! and again when the server says that the session has expired.
//!
//! Something else keeps a valid token in the file.
//!
//! `cargo run --example token_rotation -- token.txt`

use slop_sdk::Client;
use slop_sdk::schema::Namespace;
use slop_sdk::schema::protocol::AuthError;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("SLOP_URL").unwrap_or_else(|_| "http://localhost:3000".into());
    let file = std::env::args()
        .nth(1)
        .ok_or("give the file of the token")?;
    let client = Client::builder(url)
        .token_provider(move || {
            let token = std::fs::read_to_string(&file);
            async { token.map(|token| token.trim().to_owned()) }
        })
        .connect()
        .await?;

    // The session ends on all namespaces at once; hearing of it on one of them is enough.
    let mut refusals = client.on_namespace::<AuthError>(Namespace::Root);
    println!("signed in");
    while let Some(refusal) = refusals.next().await {
        eprintln!("{}", refusal?.message);
        let user = client.session().refresh().await?;
        println!("signed in again as {user}");
    }
    Err("the connection ended".into())
}
