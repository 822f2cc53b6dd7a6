//! `funnelc lsp`: the compiler as a language server (Language Server Protocol 3.17), over standard input and output.
//!
//! ```text
//! wire      messages, also broken ones
//! client    what the editor can do, and wants
//! address   files and the library as URIs
//! buffers   texts that are open in the editor
//! rooms     which files make which project
//! desk      one project: a thread that compiles it anew after each change and answers what is asked meanwhile
//! view      what a request sees: a model, its files, places in the words of the protocol
//! early     what is said of a file in a large project before all is checked
//! findings  findings in the words of the protocol
//! cursor    where a cursor stands in a text that is being written
//! mentions  every place that names a declaration
//! requests  one file a request
//! ```
//!
//! The server never writes a file of a project: what changes texts is an edit that the editor makes.

mod address;
mod buffers;
mod client;
mod cursor;
mod desk;
mod early;
mod findings;
mod mentions;
mod requests;
mod rooms;
mod server;
mod view;
mod wire;

pub use server::{Ended, serve};
pub use wire::over_stdio;

/// Every request that is answered, in the order of the book.
pub fn methods() -> Vec<&'static str> {
    requests::REQUESTS.iter().map(|request| request.method).collect()
}
