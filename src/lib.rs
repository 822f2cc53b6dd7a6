//! funnelc
pub mod baseline;
pub mod diagnostic;
pub mod fingerprint;
pub mod fix;
pub mod model;
pub mod report;
pub mod source;
pub mod stdlib;
pub mod syntax;
