//! An editor for tests: opens texts, changes them, asks, and keeps what is published.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use funnelc::lsp::{self, Ended};
use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

/// How long an answer may take on a loaded machine before a test says that there is none.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Session {
    connection: Connection,
    server: JoinHandle<Ended>,
    asked: i32,
    /// The findings of each file that were published last, by its name.
    pub(crate) published: BTreeMap<String, Value>,
    /// Everything that was published, in order: the name of the file, and its findings.
    pub(crate) history: Vec<(String, Value)>,
    /// Messages for the person and the log.
    pub(crate) told: Vec<String>,
    root: PathBuf,
    versions: BTreeMap<String, i32>,
}

/// A folder with files that goes away.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Self(folder)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().canonicalize().expect("a real path")
    }
}

pub(crate) fn uri(path: &Path) -> String {
    let mut address = "file://".to_owned();
    for byte in path.to_str().expect("UTF-8").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// What an editor of today can do.
pub(crate) fn able() -> Value {
    json!({
        "textDocument": {
            "completion": { "completionItem": { "snippetSupport": true } },
            "hover": { "contentFormat": ["markdown"] },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
        },
        "workspace": { "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"] } },
    })
}

impl Session {
    pub(crate) fn open(root: &Path) -> Self {
        Self::with(root, &able(), &json!({ "virtualDocuments": true, "commands": true }))
    }

    pub(crate) fn with(root: &Path, capabilities: &Value, options: &Value) -> Self {
        let (connection, other) = Connection::memory();
        let server = std::thread::spawn(move || lsp::serve(&other));
        let mut session = Self {
            connection,
            server,
            asked: 0,
            published: BTreeMap::new(),
            history: Vec::new(),
            told: Vec::new(),
            root: root.to_owned(),
            versions: BTreeMap::new(),
        };
        let params = json!({
            "processId": null, "capabilities": capabilities, "initializationOptions": options,
            "workspaceFolders": [{ "uri": uri(root), "name": "root" }],
        });
        session.ask("initialize", params).expect("an answer");
        session.tell("initialized", json!({}));
        session
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        if name.contains(':') { name.to_owned() } else { uri(&self.root.join(name)) }
    }

    pub(crate) fn tell(&self, method: &str, params: Value) {
        let message = Notification { method: method.to_owned(), params };
        self.connection.sender.send(message.into()).expect("a server");
    }

    pub(crate) fn send(&mut self, method: &str, params: Value) -> RequestId {
        self.asked += 1;
        let id = RequestId::from(self.asked);
        let message = Request { id: id.clone(), method: method.to_owned(), params };
        self.connection.sender.send(message.into()).expect("a server");
        id
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let id = self.send(method, params);
        self.answer(&id)
    }

    pub(crate) fn answer(&mut self, id: &RequestId) -> Result<Value, String> {
        loop {
            match self.connection.receiver.recv_timeout(PATIENCE).expect("a message in time") {
                Message::Response(Response { id: own, response_result }) if own == *id => {
                    return response_result.map_err(|error| error.message);
                }
                other => self.hear(other),
            }
        }
    }

    fn hear(&mut self, message: Message) {
        let Message::Notification(notification) = message else { return };
        match notification.method.as_str() {
            "textDocument/publishDiagnostics" => {
                let uri = notification.params["uri"].as_str().expect("an address").to_owned();
                let name = uri.strip_prefix(&format!("{}/", self::uri(&self.root))).unwrap_or(&uri).to_owned();
                self.published.insert(name.clone(), notification.params["diagnostics"].clone());
                self.history.push((name, notification.params["diagnostics"].clone()));
            }
            _ => self.told.extend(notification.params["message"].as_str().map(str::to_owned)),
        }
    }

    pub(crate) fn did_open(&mut self, name: &str, text: &str) {
        self.versions.insert(name.to_owned(), 1);
        let document = json!({ "uri": self.uri(name), "languageId": "funnel", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub(crate) fn did_change(&mut self, name: &str, changes: Value) {
        let version = self.versions.get_mut(name).expect("an open text");
        *version += 1;
        let document = json!({ "uri": uri_of(&self.root, name), "version": *version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Waits until everything that was said is taken in and checked: an answer to what needs the findings says so.
    pub(crate) fn settle(&mut self, name: &str) {
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
        let params = json!({
            "textDocument": { "uri": self.uri(name) }, "range": range, "context": { "diagnostics": [] },
        });
        self.ask("textDocument/codeAction", params).expect("an answer");
        // The findings are published right after they are found, by another thread.
        while let Ok(message) = self.connection.receiver.recv_timeout(Duration::from_millis(50)) {
            self.hear(message);
        }
    }

    /// A request about a place: `|` in a copy of the text stands for the cursor.
    pub(crate) fn at(&self, name: &str, text: &str, mark: &str) -> Value {
        let offset = text.find(mark).unwrap_or_else(|| panic!("{mark} is not there"));
        json!({ "textDocument": { "uri": self.uri(name) }, "position": position(text, offset) })
    }

    pub(crate) fn close(mut self) -> Ended {
        self.ask("shutdown", Value::Null).expect("an answer");
        self.tell("exit", Value::Null);
        self.server.join().expect("no panic")
    }
}

fn uri_of(root: &Path, name: &str) -> String {
    if name.contains(':') { name.to_owned() } else { uri(&root.join(name)) }
}

/// Line and column in UTF-16, from 0.
pub(crate) fn position(text: &str, offset: usize) -> Value {
    let line = text[..offset].matches('\n').count();
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    json!({ "line": line, "character": text[start..offset].encode_utf16().count() })
}

/// A text with the edits of an answer made.
pub(crate) fn edited(text: &str, edits: &Value) -> String {
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().expect("a line")).expect("a line");
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut column = position["character"].as_u64().expect("a column");
        let mut at = start;
        for character in text[start..].chars() {
            if column == 0 {
                break;
            }
            column -= character.len_utf16() as u64;
            at += character.len_utf8();
        }
        at
    };
    let mut all: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("edits")
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().expect("a text"))
        })
        .collect();
    all.sort_unstable();
    let mut new = text.to_owned();
    for (start, end, words) in all.into_iter().rev() {
        new.replace_range(start..end, words);
    }
    new
}
