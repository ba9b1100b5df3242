//! Two rows with one name on one namespace, as the table's macro sees them.

use slop_schema::Namespace::{Media, Root};
use slop_schema::table::refuse_duplicates;

const _: () = refuse_duplicates(
    "client",
    &[("joinRoom", &[Root]), ("leaveRoom", &[Root]), ("joinRoom", &[Media, Root])],
);

fn main() {}
