//! The conformance suite: stories that show whether a server speaks the protocol.
//!
//! A [`transcript`] is one story; [`replay`] plays it against a server, which is only known by its
//! URL; [`reader`] makes transcripts from what was captured. What is the same on every server is
//! decided in [`contract`]. The rest is what the tests across languages share.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a panic is a failed test"
)]

pub mod transcript;

pub mod format;

pub mod placeholders;

pub mod jwt;

pub mod contract;

pub mod matching;

pub mod reader;

pub mod wire;

pub mod replay;

pub mod redis;

pub mod configurations;

pub mod stories;

pub mod suite;

pub mod foreign;

pub mod report;

pub mod coverage;

pub mod recording;

pub mod bundle;
pub mod mutations;
pub mod times;
pub mod values;
