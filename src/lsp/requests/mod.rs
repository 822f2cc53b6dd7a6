//! One file a request: what it is asked with, and its answer. [`REQUESTS`] lists them.

mod actions;
mod completion;
mod definition;
mod folding;
mod formatting;
mod highlight;
mod hints;
mod hover;
mod lens;
mod links;
mod references;
mod rename;
mod selection;
mod signature;
mod symbols;
mod tokens;
mod workspace_symbols;

use lsp_server::ErrorCode;
use lsp_types::PositionEncodingKind;
use serde_json::{Value, json};

use super::client::Client;
use super::view::{Refusal, Reply, View};
use crate::say;
use crate::source::Encoding;

/// A request.
pub(super) struct Request {
    /// Its name in the protocol.
    pub(super) method: &'static str,
    /// What the server says of it when it is asked what it can do: a key, and what stands there.
    capability: fn(&Client) -> (&'static str, Value),
    answer: fn(&View<'_, '_>, Value) -> Reply<Value>,
}

/// A request with its types.
trait Answer {
    /// The request of the protocol.
    type Of: lsp_types::request::Request;

    /// What the server says of it.
    fn capability(client: &Client) -> (&'static str, Value);

    /// The answer.
    fn answer(
        view: &View<'_, '_>,
        params: <Self::Of as lsp_types::request::Request>::Params,
    ) -> Reply<<Self::Of as lsp_types::request::Request>::Result>;
}

const fn request<A: Answer>() -> Request {
    Request { method: <A::Of as lsp_types::request::Request>::METHOD, capability: A::capability, answer: typed::<A> }
}

fn typed<A: Answer>(view: &View<'_, '_>, params: Value) -> Reply<Value> {
    let params = serde_json::from_value(params).map_err(|error| {
        let why = error.to_string();
        Refusal { code: ErrorCode::InvalidParams, words: say!("the request cannot be read: {why}", why) }
    })?;
    let answer = A::answer(view, params)?;
    let mut answer = serde_json::to_value(answer).map_err(|error| {
        let why = error.to_string();
        Refusal { code: ErrorCode::InternalError, words: say!("the answer cannot be written: {why}", why) }
    })?;
    // The type of the protocol keeps the edits of several files in a hash table.
    answer.sort_all_objects();
    Ok(answer)
}

/// Every request, in the order of the book.
pub(super) static REQUESTS: &[Request] = &[
    request::<hover::Hover>(),
    request::<completion::Completion>(),
    request::<signature::Signature>(),
    request::<definition::Definition>(),
    request::<references::References>(),
    request::<highlight::Highlight>(),
    request::<rename::Prepare>(),
    request::<rename::Rename>(),
    request::<actions::Actions>(),
    request::<formatting::Whole>(),
    request::<formatting::InRange>(),
    request::<symbols::Symbols>(),
    request::<workspace_symbols::WorkspaceSymbols>(),
    request::<folding::Folding>(),
    request::<selection::Selection>(),
    request::<tokens::Full>(),
    request::<tokens::InRange>(),
    request::<links::Links>(),
    request::<hints::Hints>(),
    request::<lens::Lenses>(),
];

/// Whether a request is answered.
pub(super) fn is_known(method: &str) -> bool {
    REQUESTS.iter().any(|request| request.method == method)
}

/// Answers a request.
pub(super) fn answer(view: &View<'_, '_>, method: &str, params: Value) -> Reply<Value> {
    let request = REQUESTS.iter().find(|request| request.method == method);
    request.map_or(Ok(Value::Null), |request| (request.answer)(view, params))
}

/// What the server can do.
pub(super) fn capabilities(client: &Client) -> Value {
    let encoding = match client.encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
    };
    let mut all = json!({
        "positionEncoding": encoding,
        "textDocumentSync": { "openClose": true, "change": 2 },
        "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
    });
    for request in REQUESTS {
        let (key, value) = (request.capability)(client);
        all[key] = value;
    }
    all
}
