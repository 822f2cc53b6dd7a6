//! Snowplow: enriched events as JSON, as its Analytics SDKs make them. A self-describing event is under a key of its own
//! that names vendor, event and the first number of the version: `unstruct_event_com_acme_order_completed_1`.

use super::{Role, Shape, count};
use crate::phrase;

pub(super) const SHAPE: Shape = Shape {
    name: "snowplow",
    about: phrase!("Snowplow enriched events as JSON: `event_name`, `unstruct_event_…`, `contexts_…`"),
    destination: "snowplow",
    role,
    is_flat: false,
    is_table: false,
    fits: |line| {
        let own =
            count(line, &["event_name", "event_vendor", "event_version", "collector_tstamp", "event_id", "v_tracker"]);
        let is_one = own >= 2 && line.contains_key("event_name");
        u32::from(is_one) * (6 + own)
    },
};

fn role(key: &str) -> Role {
    match key {
        "event_name" => Role::Name,
        "event" => Role::Class,
        "user_id" => Role::Person,
        _ if key.starts_with("unstruct_event_") => Role::Properties,
        _ => Role::Other,
    }
}

/// The same events with tabs between their cells.
pub(super) const ENRICHED: Shape = Shape {
    name: "snowplow-tsv",
    about: phrase!("Snowplow enriched events as TSV: the 131 columns of the canonical event model, without a header"),
    is_table: true,
    // No line of JSON is a row.
    fits: |_| 0,
    ..SHAPE
};
