//! `RudderStack`: Segment's messages with envelope keys of its own.

use super::{Role, Shape, count, segment};
use crate::phrase;

pub(super) const SHAPE: Shape = Shape {
    name: "rudderstack",
    about: phrase!("RudderStack messages: as Segment's, with `originalTimestamp`, `rudderId` or `request_ip`"),
    destination: "rudderstack",
    role,
    is_flat: false,
    is_table: false,
    fits: |line| {
        let own = count(line, &["rudderId", "request_ip", "isRudderEvent", "originalTimestamp"]);
        let strong = count(line, &["rudderId", "isRudderEvent"]);
        let is_call = line.get("type").is_some_and(|own| own.as_str().is_some_and(segment::is_class));
        u32::from(is_call && strong > 0) * (10 + own)
    },
};

fn role(key: &str) -> Role {
    segment::role(key)
}
