//! The model.
pub mod kinds;
