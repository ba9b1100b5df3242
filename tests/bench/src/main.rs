//! Load generator of the benchmark.
fn main() {}
