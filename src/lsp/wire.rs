//! Messages over a pair of pipes. What is no message is told and passed over: an editor that stumbles once keeps its
//! server.

use std::io::{BufRead, Write};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use lsp_server::{Connection, ErrorCode, Message, Notification};
use serde_json::json;

use super::server::Ended;
use crate::system;

/// How many broken messages in a row end the connection: there is no end in sight then.
const PATIENCE: usize = 100;

/// What the server tells itself of a message that could not be read.
pub(super) const UNREADABLE: &str = "$/funnelc/unreadable";

/// Talks to an editor over standard input and output until the connection ends, and everything is said.
pub fn over_stdio(serve: impl FnOnce(&Connection) -> Ended) -> Ended {
    let (reader, writer) = system::standard_pipes();
    let (connection, saying) = connect(reader, writer);
    let ended = serve(&connection);
    drop(connection);
    let _ = saying.join();
    ended
}

/// A connection over two pipes, and the thread that writes: it ends when nobody has anything to say any more.
fn connect(reader: impl BufRead + Send + 'static, writer: impl Write + Send + 'static) -> (Connection, JoinHandle<()>) {
    // A server that is slower than the editor makes it wait; one that is faster must never wait for it while it holds a
    // model.
    let (heard, receiver) = bounded(64);
    let (sender, to_say) = unbounded();
    std::thread::spawn(move || hear(reader, &heard));
    let saying = std::thread::spawn(move || say(writer, &to_say));
    (Connection { sender, receiver }, saying)
}

fn hear(mut reader: impl BufRead, heard: &Sender<Message>) {
    let mut broken = 0;
    while broken < PATIENCE {
        match Message::read(&mut reader) {
            Ok(Some(message)) => {
                broken = 0;
                if heard.send(message).is_err() {
                    return;
                }
            }
            Ok(None) => return,
            Err(error) => {
                broken += 1;
                tell(&format!("a message could not be read and was passed over: {error}"));
                let params = json!(error.to_string());
                let _ = heard.send(Notification { method: UNREADABLE.to_owned(), params }.into());
            }
        }
    }
    tell("nothing that comes in can be read; the connection is closed");
}

/// JSON-RPC 2.0 has an answer without an id for what could not be read; here it is a line in the log of the editor, for
/// the library of types knows only answers to something.
pub(super) fn no_message(words: &str) -> Message {
    let code = ErrorCode::ParseError as i32;
    let params = json!({ "type": 1, "message": format!("funnelc: a message could not be read ({code}): {words}") });
    Notification { method: "window/logMessage".to_owned(), params }.into()
}

fn say(mut writer: impl Write, to_say: &Receiver<Message>) {
    for message in to_say {
        if message.write(&mut writer).is_err() {
            return; // Who has gone away needs no answer.
        }
    }
}

/// A line on standard error, where editors keep the log of a server.
pub(super) fn tell(words: &str) {
    eprintln!("funnelc lsp: {words}");
}
