//! A Redis of the replay's own: on a free port, without files, stopped at the end.

use std::io;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(10);

/// A running, or stopped, `redis-server`.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    child: Option<Child>,
}

impl Redis {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// When there is no `redis-server`, or it does not come up.
    pub async fn spawn() -> io::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut redis = Self { port, child: None };
        redis.start().await?;
        Ok(redis)
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it, or starts it again on the same port, empty.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start(&mut self) -> io::Result<()> {
        let port = self.port.to_string();
        let settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &port])
            .args(settings)
            .stdin(Stdio::null());
        self.child = Some(
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?,
        );
        let since = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port))
            .await
            .is_err()
        {
            if since.elapsed() > START_LIMIT {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "it does not answer",
                ));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Kills it.
    ///
    /// # Errors
    /// When the system refuses.
    #[allow(clippy::unused_async, reason = "the other half of `start`")]
    pub async fn stop(&mut self) -> io::Result<()> {
        match self.child.take() {
            None => Ok(()),
            Some(mut child) => {
                child.kill()?;
                child.wait().map(drop)
            }
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
