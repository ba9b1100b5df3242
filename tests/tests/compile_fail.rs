//! Mistakes that do not compile, and what the compiler says about them.
//!
//! After a new compiler changed its wording: run with `TRYBUILD=overwrite` and read the difference.

#[test]
fn mistakes_are_compile_errors_that_say_what_to_do() {
    trybuild::TestCases::new().compile_fail("compile_fail/*.rs");
}
