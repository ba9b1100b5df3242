//! Serving: the listener, the worker threads and the graceful stop of the binary.

use crate::build::Handle;
use crate::stall::ImpatientListener;
use axum::Router;
use axum::serve::ListenerExt;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How long running Claude processes may take to end when the server stops.
const STOP_LIMIT: Duration = Duration::from_secs(6);
/// How long connections may take to close after that.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);
/// How long a client may read nothing of what waits for it.
const STALL_LIMIT: Duration = Duration::from_secs(20);

/// A bound listener, not yet served.
pub struct Server {
    listener: TcpListener,
    workers: NonZeroUsize,
    runtime: Runtime,
    stop_signals: StopSignals,
}

impl Server {
    /// Binds an address. `workers` threads will serve it; `None` means one per processor. From now
    /// on SIGINT and SIGTERM no longer kill the process: one that comes early stops [`Self::run`].
    ///
    /// # Errors
    /// When the address cannot be bound, or the system has no room for a server.
    pub fn bind(address: SocketAddr, workers: Option<NonZeroUsize>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let workers = match workers {
            Some(workers) => workers,
            None => std::thread::available_parallelism()?,
        };
        let runtime = new_runtime()?;
        let stop_signals = StopSignals::register(&runtime)?;
        Ok(Self {
            listener,
            workers,
            runtime,
            stop_signals,
        })
    }

    /// The address that was bound, with the port that was picked for port 0.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until SIGINT or SIGTERM, then stops gracefully.
    ///
    /// Each worker is a thread with a runtime of its own: a packet then leaves on the thread it was
    /// made on, which costs half of what waking another thread does.
    ///
    /// # Errors
    /// When a runtime or thread cannot be started.
    pub fn run(
        self,
        router: Router,
        handle: Handle,
        background: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let (stop, stopping) = watch::channel(false);
        let mut threads = Vec::new();
        for number in 1..self.workers.get() {
            let listener = self.listener.try_clone()?;
            let (router, stopping) = (router.clone(), stopping.clone());
            let runtime = new_runtime()?;
            let worker = std::thread::Builder::new().name(format!("worker-{number}"));
            threads.push(worker.spawn(move || {
                runtime.block_on(serve(listener, router, stopping));
                runtime.shutdown_background();
            })?);
        }
        let Self {
            listener,
            runtime,
            mut stop_signals,
            ..
        } = self;
        runtime.block_on(async move {
            tokio::spawn(background);
            let serving = tokio::spawn(serve(listener, router, stopping));
            stop_signals.next().await;
            tracing::info!("stopping");
            handle.shut_down(STOP_LIMIT).await;
            let _ = stop.send(true);
            let _ = tokio::time::timeout(CLOSE_LIMIT, serving).await;
        });
        runtime.shutdown_background();
        for thread in threads {
            let _ = thread.join();
        }
        Ok(())
    }
}

fn new_runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

async fn serve(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "cannot serve the listener");
            return;
        }
    };
    // Small packets must not wait for each other: the first callback would take 40 ms.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY is not available");
        }
    });
    let listener = ImpatientListener::new(listener, STALL_LIMIT);
    let stopped = {
        let mut stopping = stopping.clone();
        async move {
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    };
    let too_late = async move {
        let _ = stopping.wait_for(|stopping| *stopping).await;
        tokio::time::sleep(CLOSE_LIMIT).await;
    };
    tokio::select! {
        _ = axum::serve(listener, router).with_graceful_shutdown(stopped) => {}
        () = too_late => {}
    }
}

/// The signals that stop a server. One that comes before it is waited for is kept.
struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    fn register(runtime: &Runtime) -> std::io::Result<Self> {
        let _entered = runtime.enter();
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
