//! What templates see: values asked for by their names, whatever they are kept in. Large views are seen as they are; a copy
//! of them as JSON, every name of every value with it, would take longer than what is written of them.

use serde::Serialize;
use serde_json::{Map, Value as Json};

/// A value in sight.
#[derive(Clone, Copy)]
pub(super) enum Sight<'v> {
    Text(&'v str),
    Bool(bool),
    /// A number or nothing.
    Plain(&'v Json),
    List(&'v dyn Several),
    Object(&'v dyn Shown),
}

/// Something with fields.
pub(super) trait Shown: Sync {
    /// The field of a name.
    fn field(&self, name: &str) -> Option<Sight<'_>>;
    /// Whether there are no fields.
    fn is_bare(&self) -> bool {
        false
    }
}

/// A list.
pub(super) trait Several: Sync {
    fn count(&self) -> usize;
    fn at(&self, index: usize) -> Sight<'_>;
}

/// What a value of a field is in sight.
pub(super) trait InSight: Sync {
    fn sight(&self) -> Sight<'_>;
}

/// A whole view: as templates see it, and as JSON for the library.
pub(super) trait View: InSight {
    fn to_json(&self) -> Json;
}

impl<T: InSight + Serialize> View for T {
    fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl InSight for String {
    fn sight(&self) -> Sight<'_> {
        Sight::Text(self)
    }
}

impl InSight for bool {
    fn sight(&self) -> Sight<'_> {
        Sight::Bool(*self)
    }
}

impl<T: InSight> InSight for Vec<T> {
    fn sight(&self) -> Sight<'_> {
        Sight::List(self)
    }
}

impl<T: InSight> Several for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn at(&self, index: usize) -> Sight<'_> {
        self[index].sight()
    }
}

impl InSight for Json {
    fn sight(&self) -> Sight<'_> {
        match self {
            Self::String(text) => Sight::Text(text),
            Self::Bool(holds) => Sight::Bool(*holds),
            Self::Null | Self::Number(_) => Sight::Plain(self),
            Self::Array(items) => Sight::List(items),
            Self::Object(fields) => Sight::Object(fields),
        }
    }
}

impl Shown for Map<String, Json> {
    fn field(&self, name: &str) -> Option<Sight<'_>> {
        self.get(name).map(InSight::sight)
    }

    fn is_bare(&self) -> bool {
        self.is_empty()
    }
}

/// A type whose fields templates see, by the names they are serialized under.
macro_rules! shown {
    ($type:ident { $($name:literal => $field:ident),+ $(,)? }) => {
        impl $crate::emit::shown::Shown for $type {
            fn field(&self, name: &str) -> Option<$crate::emit::shown::Sight<'_>> {
                match name {
                    $($name => Some($crate::emit::shown::InSight::sight(&self.$field)),)+
                    _ => None,
                }
            }
        }

        impl $crate::emit::shown::InSight for $type {
            fn sight(&self) -> $crate::emit::shown::Sight<'_> {
                $crate::emit::shown::Sight::Object(self)
            }
        }
    };
}
pub(super) use shown;
