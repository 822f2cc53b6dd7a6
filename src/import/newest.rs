//! One event, one description: of several versions the newest is taken, of two of one version the first.

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::faults;
use super::plan::{ForeignEvent, Notes};
use crate::say;

/// Each event once.
pub(super) fn newest(events: Vec<ForeignEvent>, notes: &mut Notes) -> Vec<ForeignEvent> {
    let mut kept: IndexMap<(&str, String, String), ForeignEvent> = IndexMap::with_capacity(events.len());
    for event in events {
        match kept.entry((event.class, event.scope.clone(), event.wire.clone())) {
            Entry::Vacant(place) => drop(place.insert(event)),
            Entry::Occupied(known) if known.get().version == event.version => twice(known.get(), &event, notes),
            Entry::Occupied(mut known) => {
                let is_newer = event.version > known.get().version;
                let older = if is_newer { known.insert(event) } else { event };
                let shown: Vec<String> = older.version.iter().map(ToString::to_string).collect();
                notes.begin(&older.wire);
                notes.lose(older.place.0, say!("an older version of the event"), shown.join("-"));
            }
        }
    }
    kept.into_values().collect()
}

/// The first description stays. The same once more is no contradiction.
fn twice(first: &ForeignEvent, second: &ForeignEvent, notes: &mut Notes) {
    if first.properties == second.properties && first.docs == second.docs {
        return;
    }
    let event = &second.wire;
    let conflict = faults::conflict(second.place.0, say!("the event `{event}` is described twice", event))
        .label(first.place.0, say!("this one was taken"))
        .help(say!("keep one of them where the plan is kept, or merge them in the spec"));
    notes.conflicts.push(conflict);
    notes.begin(event);
    notes.lose(second.place.0, say!("a second description of the event"), String::new());
}
