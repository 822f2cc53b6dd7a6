//! Tables: the columns are told by the header, and the rows are read as plain events.

use super::{Shape, plain};
use crate::phrase;

pub(super) const SHAPE: Shape = Shape {
    name: "csv",
    about: phrase!("a table with a header: `event` and a column for each property, or `properties` as JSON"),
    destination: "",
    role: plain::flat,
    is_flat: true,
    is_table: true,
    // No line of JSON is a row.
    fits: |_| 0,
};
