//! The Slop Studios realtime server.
