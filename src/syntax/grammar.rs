//! The pest parser made from `grammar/funnel.pest`.

// The derive writes public items without documentation.
#![allow(missing_docs)]

use pest_derive::Parser;

/// The parser; its rules are those of the grammar file.
#[derive(Parser)]
#[grammar = "../grammar/funnel.pest"]
pub struct FunnelParser;
