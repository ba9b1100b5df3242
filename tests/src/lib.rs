//! Cross-language and wire tests of the protocol; see the files under `tests/tests`.
