//! The inbox of one socket: its frames, handled one after the other in the order they came.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of waiting frames after which a client that does not let itself be answered is cut off.
pub(super) const MAX_WAITING_BYTES: usize = 16 * 1024 * 1024;
/// What a waiting frame costs beside its text.
const FRAME_OVERHEAD_BYTES: usize = 64;

/// Frames that an idle inbox keeps room for.
const KEPT_CAPACITY: usize = 64;

/// One received event packet.
pub(super) struct Received {
    /// The packet's JSON text.
    pub(super) text: socketioxide_core::Str,
    /// Whether binary attachments came with it.
    pub(super) has_attachments: bool,
    /// Number of the callback, when the client waits for one.
    pub(super) ack_id: Option<i64>,
}

/// Frames that wait, and whether somebody works on them.
pub(super) struct Inbox(Mutex<State>);

struct State {
    frames: VecDeque<Received>,
    bytes: usize,
    phase: Phase,
}

#[derive(PartialEq)]
enum Phase {
    /// The socket has not been welcomed: frames wait.
    Held,
    /// Nothing to do.
    Idle,
    /// A task works on the frames.
    Draining,
    /// The socket is cut off: frames are dropped.
    Closed,
}

/// What to do after a frame was put in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Start a task that drains the inbox.
    Drain,
    /// Nothing: somebody will come to it.
    Wait,
    /// Cut the client off: it sends and sends and does not read.
    CutOff,
}

impl Inbox {
    pub(super) fn held() -> Self {
        Self(Mutex::new(State {
            frames: VecDeque::new(),
            bytes: 0,
            phase: Phase::Held,
        }))
    }

    /// Puts a frame at the end.
    pub(super) fn push(&self, frame: Received) -> Next {
        let mut state = self.lock();
        if state.phase == Phase::Closed {
            return Next::Wait;
        }
        state.bytes += size(&frame);
        if state.bytes > MAX_WAITING_BYTES {
            state.close();
            return Next::CutOff;
        }
        state.frames.push_back(frame);
        state.start()
    }

    /// Lets frames be handled, once the socket has been welcomed.
    pub(super) fn open(&self) -> Next {
        let mut state = self.lock();
        if state.phase == Phase::Held {
            state.phase = Phase::Idle;
        }
        state.start()
    }

    /// The next frame for the draining task; `None` ends it.
    pub(super) fn next(&self) -> Option<Received> {
        let mut state = self.lock();
        let Some(frame) = state.frames.pop_front() else {
            if state.phase == Phase::Draining {
                state.phase = Phase::Idle;
            }
            // A burst must not cost an idle connection its memory for ever.
            if state.frames.capacity() > KEPT_CAPACITY {
                state.frames = VecDeque::new();
            }
            return None;
        };
        state.bytes -= size(&frame);
        Some(frame)
    }

    /// Drops what waits and everything that comes.
    pub(super) fn close(&self) {
        self.lock().close();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn start(&mut self) -> Next {
        if self.phase == Phase::Idle && !self.frames.is_empty() {
            self.phase = Phase::Draining;
            return Next::Drain;
        }
        Next::Wait
    }

    fn close(&mut self) {
        self.phase = Phase::Closed;
        self.frames = VecDeque::new();
        self.bytes = 0;
    }
}

fn size(frame: &Received) -> usize {
    frame.text.len() + FRAME_OVERHEAD_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Received {
        let text = socketioxide_core::Str::from(text.to_owned());
        Received {
            text,
            has_attachments: false,
            ack_id: None,
        }
    }

    #[test]
    fn frames_wait_for_the_welcome_and_come_out_in_order() {
        let inbox = Inbox::held();
        assert_eq!(inbox.push(frame("1")), Next::Wait);
        assert_eq!(inbox.open(), Next::Drain);
        assert_eq!(inbox.push(frame("2")), Next::Wait);
        let texts = std::iter::from_fn(|| inbox.next()).map(|frame| frame.text.to_string());
        assert_eq!(texts.collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(inbox.push(frame("3")), Next::Drain);
    }

    #[test]
    fn a_client_that_never_lets_itself_be_answered_is_cut_off() {
        let inbox = Inbox::held();
        let megabyte = "x".repeat(1024 * 1024);
        let cut_off = (0..17)
            .map(|_| inbox.push(frame(&megabyte)))
            .position(|n| n == Next::CutOff);
        assert_eq!(cut_off, Some(15));
        assert!(inbox.next().is_none());
    }
}
