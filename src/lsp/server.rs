//! The server: takes what the editor says, keeps its texts, and hands requests to the desk of their project.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidChangeWorkspaceFolders, DidCloseTextDocument, DidOpenTextDocument,
    Notification as _,
};
use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, InitializeParams, PublishDiagnosticsParams,
};
use serde_json::{Value, json};

use super::buffers::Buffers;
use super::client::Client;
use super::desk::{Ask, Change, Desk, Gather, Order, Shared};
use super::rooms::{self, Ties};
use super::{address, requests, wire};
use crate::project::identity;
use crate::system;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As agreed: the editor said `shutdown` and `exit`.
    Orderly,
    /// The pipe was closed, or `exit` came without `shutdown`.
    Abrupt,
}

/// Talks to an editor until the connection ends.
pub fn serve(connection: &Connection) -> Ended {
    let Some(client) = initialize(connection) else { return Ended::Abrupt };
    let shared = Shared {
        out: connection.sender.clone(),
        client: Arc::new(client.clone()),
        cancelled: Arc::default(),
        published: Arc::default(),
    };
    let mut server = Server { client, shared, buffers: Buffers::default(), desks: Vec::new(), is_closing: false };
    server.watch();
    server.arrange();
    let mut ended = Ended::Abrupt;
    for message in &connection.receiver {
        match message {
            Message::Request(request) => server.request(request),
            Message::Notification(notification) if notification.method == "exit" => {
                ended = if server.is_closing { Ended::Orderly } else { Ended::Abrupt };
                break;
            }
            Message::Notification(notification) => server.notification(notification),
            Message::Response(_) => {}
        }
    }
    server.desks.drain(..).for_each(Desk::close);
    ended
}

/// The first exchange: what the editor can do, what the server does.
fn initialize(connection: &Connection) -> Option<Client> {
    loop {
        match connection.receiver.recv().ok()? {
            Message::Request(request) if request.method == "initialize" => {
                let params: InitializeParams = match serde_json::from_value(request.params) {
                    Ok(params) => params,
                    Err(error) => {
                        let words = error.to_string();
                        let no = Response::new_err(request.id, ErrorCode::InvalidParams as i32, words);
                        connection.sender.send(no.into()).ok()?;
                        continue;
                    }
                };
                let client = Client::of(&params);
                let about = json!({
                    "capabilities": requests::capabilities(&client),
                    "serverInfo": { "name": "funnelc", "version": env!("CARGO_PKG_VERSION") },
                });
                connection.sender.send(Response::new_ok(request.id, about).into()).ok()?;
                return Some(client);
            }
            Message::Request(request) => {
                let words = "the first request is `initialize`".to_owned();
                let no = Response::new_err(request.id, ErrorCode::ServerNotInitialized as i32, words);
                connection.sender.send(no.into()).ok()?;
            }
            Message::Notification(notification) if notification.method == "exit" => return None,
            _ => {}
        }
    }
}

struct Server {
    client: Client,
    shared: Shared,
    buffers: Buffers,
    desks: Vec<Desk>,
    is_closing: bool,
}

impl Server {
    fn send(&self, message: impl Into<Message>) {
        let _ = self.shared.out.send(message.into());
    }

    /// Asks to be told of specs and configurations that change on disk.
    fn watch(&self) {
        if !self.client.watches_files {
            return;
        }
        let watchers = ["**/*.funnel", "**/funnelc.yaml"].map(|glob| json!({ "globPattern": glob }));
        let registration = json!({
            "id": "files", "method": DidChangeWatchedFiles::METHOD, "registerOptions": { "watchers": watchers },
        });
        let params = json!({ "registrations": [registration] });
        self.send(Request::new(RequestId::from("files".to_owned()), "client/registerCapability".to_owned(), params));
    }

    /// Closes every desk, and opens one for each project that there is now.
    fn arrange(&mut self) {
        self.desks.drain(..).for_each(Desk::close);
        let (rooms, mut troubles) = rooms::arrange(&self.client, &self.buffers);
        let versions: BTreeMap<PathBuf, i32> =
            self.buffers.iter().map(|(key, buffer)| (key.clone(), buffer.version)).collect();
        self.forget(&rooms);
        self.desks = rooms.into_iter().map(|room| Desk::open(room, versions.clone(), self.shared.clone())).collect();
        troubles.dedup();
        for words in troubles {
            wire::tell(&words);
            let params = json!({ "type": 1, "message": format!("funnelc: {words}") });
            self.send(Notification { method: "window/showMessage".to_owned(), params });
        }
    }

    /// Takes back what was published of files that belong to no project any more.
    fn forget(&self, rooms: &[rooms::Room]) {
        let known: Vec<String> = rooms
            .iter()
            .flat_map(|room| room.project.paths.iter().flatten())
            .filter_map(|path| Some(address::of_key(path)?.as_str().to_owned()))
            .collect();
        let mut published = self.shared.published.lock().unwrap_or_else(PoisonError::into_inner);
        published.retain(|uri, shown| {
            let stays = known.contains(uri);
            if let (false, false, Ok(uri)) = (stays, shown.is_empty(), uri.parse()) {
                let params = PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None };
                self.send(Notification::new("textDocument/publishDiagnostics".to_owned(), params));
            }
            stays
        });
    }

    // ---- requests

    fn request(&mut self, request: Request) {
        if request.method == "shutdown" {
            self.is_closing = true;
            self.send(Response::new_ok(request.id, Value::Null));
            return;
        }
        if self.is_closing {
            let words = "the server is shutting down".to_owned();
            self.send(Response::new_err(request.id, ErrorCode::InvalidRequest as i32, words));
            return;
        }
        if !requests::is_known(&request.method) {
            let words = format!("`{}` is not served", request.method);
            self.send(Response::new_err(request.id, ErrorCode::MethodNotFound as i32, words));
            return;
        }
        let Request { id, method, params } = request;
        let Some(uri) = uri_of(&params) else { return self.ask_all(&id, &method, &params) };
        match self.desk_of(&uri) {
            Some(desk) => desk.order(Order::Ask(Ask { id, method, params, gather: None })),
            None => self.send(Response::new_ok(id, Value::Null)),
        }
    }

    /// What is asked of no text is asked of every project.
    fn ask_all(&self, id: &RequestId, method: &str, params: &Value) {
        if self.desks.is_empty() {
            return self.send(Response::new_ok(id.clone(), Value::Null));
        }
        let gather = Arc::new(Gather { left: Mutex::new((self.desks.len(), Vec::new())) });
        for desk in &self.desks {
            let (id, method, params) = (id.clone(), method.to_owned(), params.clone());
            desk.order(Order::Ask(Ask { id, method, params, gather: Some(Arc::clone(&gather)) }));
        }
    }

    /// The desk of a text; any has the library.
    fn desk_of(&self, uri: &str) -> Option<&Desk> {
        if address::library_name(uri).is_some() {
            return self.desks.first();
        }
        let key = Buffers::key(uri);
        self.desks.iter().find(|desk| rooms::holds(&desk.paths, &key))
    }

    // ---- notifications

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let understood = match method.as_str() {
            DidOpenTextDocument::METHOD => read(params).map(|params| self.opened(params)),
            DidChangeTextDocument::METHOD => read(params).map(|params| self.changed(params)),
            DidCloseTextDocument::METHOD => read(params).map(|params| self.closed(&params)),
            DidChangeWatchedFiles::METHOD => read(params).map(|params| self.files_changed(&params)),
            DidChangeWorkspaceFolders::METHOD => read(params).map(|params| self.folders_changed(&params)),
            wire::UNREADABLE => {
                self.send(wire::no_message(params.as_str().unwrap_or_default()));
                Ok(())
            }
            "$/cancelRequest" => {
                if let Ok(id) = serde_json::from_value::<RequestId>(params["id"].clone()) {
                    self.cancel(id);
                }
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(error) = understood {
            wire::tell(&format!("`{method}` was not understood: {error}"));
        }
    }

    fn cancel(&self, id: RequestId) {
        let mut cancelled = self.shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        // Most are answered before they are cancelled; what is old will never be asked for again.
        if cancelled.len() >= 256 {
            cancelled.remove(0);
        }
        cancelled.push(id);
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let uri = document.uri.as_str().to_owned();
        if address::library_name(&uri).is_some() {
            return;
        }
        let key = self.buffers.open(uri, document.version, document.text);
        // What was read from the disk until now.
        let before = system::read_text(&key).ok();
        self.settle(&key, before.as_deref());
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let (uri, version) = (params.text_document.uri.as_str().to_owned(), params.text_document.version);
        let before = self.buffers.get(&Buffers::key(&uri)).map(|buffer| buffer.text.clone());
        let Some(key) = self.buffers.change(&uri, version, params.content_changes, self.client.encoding) else {
            return wire::tell(&format!("`{uri}` changes, and it is not open"));
        };
        self.settle(&key, before.as_deref());
    }

    /// A text is another one now: a change of its project, or of the projects themselves.
    fn settle(&mut self, key: &PathBuf, before: Option<&str>) {
        let Some(buffer) = self.buffers.get(key) else { return };
        let desk = self.desks.iter().find(|desk| rooms::holds(&desk.paths, key));
        let same_ties = before.is_some_and(|before| Ties::of(before) == Ties::of(&buffer.text));
        match desk.filter(|desk| same_ties && !desk.faulty.contains(key)) {
            Some(desk) => {
                let (version, text) = (buffer.version, buffer.text.clone());
                desk.order(Order::Change(Change { key: key.clone(), version, text }));
            }
            None => self.arrange(),
        }
    }

    fn closed(&mut self, params: &DidCloseTextDocumentParams) {
        let Some((key, text)) = self.buffers.close(params.text_document.uri.as_str()) else { return };
        if system::read_text(&key).ok().as_deref() != Some(text.as_str()) {
            self.arrange();
        }
    }

    fn files_changed(&mut self, params: &DidChangeWatchedFilesParams) {
        let is_open = |uri: &str| self.buffers.get(&Buffers::key(uri)).is_some();
        if params.changes.iter().any(|change| !is_open(change.uri.as_str())) {
            self.arrange();
        }
    }

    fn folders_changed(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        let gone: Vec<PathBuf> =
            params.event.removed.iter().filter_map(|folder| address::path_of(folder.uri.as_str())).collect();
        self.client.roots.retain(|root| !gone.iter().any(|gone| identity(gone) == identity(root)));
        let new = params.event.added.iter().filter_map(|folder| address::path_of(folder.uri.as_str()));
        self.client.roots.extend(new);
        self.arrange();
    }
}

fn read<T: serde::de::DeserializeOwned>(params: Value) -> serde_json::Result<T> {
    serde_json::from_value(params)
}

/// The text a request is about.
fn uri_of(params: &Value) -> Option<String> {
    let uri = params.pointer("/textDocument/uri").or_else(|| params.pointer("/item/uri"));
    uri.and_then(Value::as_str).map(str::to_owned)
}
