//! One file per rule: documentation, metadata, check and examples.

pub mod mixed_script_name;
