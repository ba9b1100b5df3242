//! A thread of its own for Redis: an answer that is there must not count as late because a worker
//! is busy with something large.

use std::io;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The thread. It ends with this.
pub(super) struct Thread {
    handle: Handle,
    _end: oneshot::Sender<()>,
}

impl Thread {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("redis".into())
            .spawn(move || runtime.block_on(ended))?;
        Ok(Self { handle, _end: end })
    }

    /// Does something there, whether or not somebody waits for it.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(work);
    }

    /// Does something there and gives what came out.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        self.handle.spawn(work).await.ok()
    }
}
