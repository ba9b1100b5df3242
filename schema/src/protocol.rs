//! The table: every event of the protocol, one row each, and nothing else.
//!
//! A row reads: documentation, marker type, wire name, arguments, callback, who may send it and how
//! often (client events) or who receives it (server events). A row that is going away is marked
//! `#[deprecated(since = "1.1.0", note = "use …; sunset 2027-01-31")]`. Everything the project knows
//! about events follows from here; [`crate::table`] is the macro that reads it.

use crate::claude::*;
use crate::error::*;
use crate::liveness::*;
use crate::media::*;
use crate::notification::*;
use crate::rooms::*;
use crate::scalar::*;
use crate::session::*;

crate::protocol! {
    version "1.0.0";

    handshake HandshakeAuth;

    namespaces {
        /// Default namespace for general events: rooms, liveness and Claude executions.
        Root = "/",
        /// Media generation and processing events.
        Media = "/media",
        /// User notifications.
        Notifications = "/notifications",
    }

    on [Root, Media, Notifications] {
        client {
            /// Authenticate with JWT token.
            Authenticate = "authenticate" (payload: AuthenticatePayload) -> AuthenticateResponse,
                by Anyone;
            /// Log out and clear authentication. Succeeds on a socket that is not signed in, too.
            Logout = "logout" () -> LogoutResponse, by Anyone;
        }
        server {
            /// Sent immediately after connection is established.
            Welcome = "welcome" (payload: WelcomePayload) to Socket;
            /// Sent when authentication is successful.
            Authenticated = "authenticated" (payload: AuthenticatedPayload) to Socket;
            /// Sent when authentication fails, and when the token of a signed-in socket expires.
            AuthError = "authError" (payload: AuthErrorPayload) to Socket;
            /// Sent when logout is complete.
            LoggedOut = "loggedOut" (payload: LoggedOutPayload) to Socket;
            /// Sent when an event of the client was unknown or its payload was refused.
            Error = "error" (payload: ErrorPayload) to Socket;
        }
    }

    on [Root] {
        client {
            /// Join a room for targeted events.
            JoinRoom = "joinRoom" (room: RoomName) -> RoomCallback, by Anyone;
            /// Leave a room. Leaving a room the socket is not in succeeds.
            LeaveRoom = "leaveRoom" (room: RoomName) -> RoomCallback, by Anyone;
            /// Get current connection information.
            GetConnectionInfo = "getConnectionInfo" () -> ConnectionInfoResponse, by Anyone;
            /// Ping the server for latency measurement. Answered by `pong` and the callback.
            Ping = "ping" () -> PingResponse, by Anyone;
            /// Send heartbeat for latency calculation. Answered by `heartbeatAck` and the callback.
            Heartbeat = "heartbeat" (payload?: HeartbeatPayload) -> HeartbeatResponse, by Anyone;
        }
        server {
            /// Sent when successfully joining a room.
            RoomJoined = "roomJoined" (payload: RoomEventPayload) to Socket;
            /// Sent when successfully leaving a room.
            RoomLeft = "roomLeft" (payload: RoomEventPayload) to Socket;
            /// Response to `ping` event.
            Pong = "pong" (payload: PongPayload) to Socket;
            /// Response to `heartbeat` event.
            HeartbeatAck = "heartbeatAck" (payload: HeartbeatAckPayload) to Socket;
        }
    }

    on [Root] {
        client {
            /// Execute a Claude CLI command with real-time streaming output.
            ///
            /// Calls back at once with the `processId`; the output follows as `claude:progress`
            /// and ends in `claude:complete` or `claude:error`.
            ClaudeExecute = "claude:execute" (payload: ClaudeExecutePayload)
                -> ClaudeExecuteCallback,
                by SignedIn("Authentication required to execute Claude commands"),
                limited by EXECUTE_RATE_LIMIT;
            /// Query the status of a Claude process. Users can only query their own processes.
            ClaudeStatus = "claude:status" (processId: ProcessId) -> ClaudeStatusCallback,
                by SignedIn("Authentication required to query Claude processes");
            /// Cancel a running or queued Claude process. Users can only cancel their own.
            ClaudeCancel = "claude:cancel" (processId: ProcessId) -> ClaudeCancelCallback,
                by SignedIn("Authentication required to cancel Claude processes");
        }
        server {
            /// Emitted during Claude command execution to provide real-time streaming updates.
            ClaudeProgress = "claude:progress" (payload: ClaudeProgressPayload) to Process;
            /// Emitted when a Claude execution request is queued due to concurrency limits, and
            /// again each time its position changes.
            ClaudeQueued = "claude:queued" (payload: ClaudeQueuedPayload) to Process;
            /// Emitted when Claude command execution finishes successfully.
            ClaudeComplete = "claude:complete" (payload: ClaudeCompletePayload) to Process;
            /// Emitted when a Claude operation fails.
            ClaudeError = "claude:error" (payload: ClaudeErrorPayload) to Process;
        }
    }

    on [Media] {
        client {
            /// Subscribe to media generation updates.
            SubscribeMedia = "subscribeMedia" (mediaId: MediaId) -> MediaSubscribeResponse,
                by Anyone;
            /// Unsubscribe from media generation updates.
            UnsubscribeMedia = "unsubscribeMedia" (mediaId: MediaId) -> MediaSubscribeResponse,
                by Anyone;
        }
        server {
            /// Media generation progress.
            MediaProgress = "mediaProgress" (payload: MediaProgressPayload) to MediaSubscribers;
            /// Media generation complete.
            MediaComplete = "mediaComplete" (payload: MediaCompletePayload) to MediaSubscribers;
            /// Media generation error.
            MediaError = "mediaError" (payload: MediaErrorPayload) to MediaSubscribers;
        }
    }

    on [Notifications] {
        client {}
        server {
            /// User notification.
            Notification = "notification" (payload: NotificationPayload) to User;
        }
    }
}
