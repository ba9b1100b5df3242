//! slop-server
fn main() {}
