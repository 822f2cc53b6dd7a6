//! funnelc
pub mod diagnostic;
pub mod model;
pub mod source;
pub mod stdlib;
pub mod syntax;
