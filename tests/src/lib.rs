//! Cross-language and wire tests of the protocol; see the files under `tests/tests`.
//!
//! This library is what the tests share.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a panic is a failed test"
)]

pub mod bundle;
pub mod mutations;
pub mod times;
pub mod values;
