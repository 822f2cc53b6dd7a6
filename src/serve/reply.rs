//! What a request is answered with.

use std::io::Cursor;

use serde_json::json;
use tiny_http::{Header, Method, Request, Response};

use super::{Shown, Site};
use crate::language::Language;
use crate::phrase;

/// An answer with its whole body at hand.
type Reply = Response<Cursor<Vec<u8>>>;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What the frame may load: what it is made of, and the pages it shows.
const FRAME_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// The answer to a request. Another site that has its name point here is not let in: it would name itself as the host.
pub(super) fn to(site: &Site, port: u16, request: &Request) -> Reply {
    let host = request.headers().iter().find(|header| header.field.equiv("Host")).map(|header| header.value.as_str());
    if !host.is_some_and(|host| is_this_machine(host, port)) {
        return plain(403, "this preview is for this machine only");
    }
    if !matches!(request.method(), Method::Get | Method::Head) {
        return plain(405, "a preview is only looked at");
    }
    answer(site, request.url())
}

fn is_this_machine(host: &str, port: u16) -> bool {
    let name = host.strip_suffix(&format!(":{port}")).or_else(|| (port == 80).then_some(host));
    name.is_some_and(|name| matches!(name, "localhost" | "127.0.0.1"))
}

/// The answer to an address.
pub(super) fn answer(site: &Site, url: &str) -> Reply {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    match path {
        "/" => with(
            body(200, "text/html; charset=utf-8", frame(site.language).into()),
            "Content-Security-Policy",
            FRAME_POLICY,
        ),
        "/~/page.css" => body(200, "text/css; charset=utf-8", STYLE.into()),
        "/~/page.js" => body(200, "text/javascript; charset=utf-8", SCRIPT.into()),
        "/~/findings" => body(200, "text/html; charset=utf-8", site.shown().findings.clone()),
        "/~/state" => {
            let seen = query.strip_prefix("seen=").and_then(|seen| seen.parse().ok()).unwrap_or(0);
            body(200, "application/json", state(&site.newer_than(seen)))
        }
        _ => file(site, path),
    }
}

/// A file of the build; there is no way to any other, for nothing is read from the disk.
fn file(site: &Site, path: &str) -> Reply {
    let name = decoded(path.trim_start_matches('/'));
    let found = name.and_then(|name| Some((kind(&name), site.shown().files.get(&name)?.clone())));
    found.map_or_else(|| plain(404, "the build has no such file"), |(kind, bytes)| body(200, kind, bytes))
}

/// `%D8%A7` and the like as text; nothing where it is none.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

/// The type of a file by its ending; what a browser does not show is text.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "xlsx" | "zip" | "parquet" => "application/octet-stream",
        _ => "text/plain; charset=utf-8",
    }
}

fn state(shown: &Shown) -> Vec<u8> {
    let pages: Vec<&String> = shown.files.keys().filter(|path| kind(path).starts_with("text/html")).collect();
    json!({
        "version": shown.version, "pages_version": shown.pages_version, "pages": pages, "counts": shown.counts,
        "trouble": shown.trouble, "is_current": shown.version == shown.pages_version,
    })
    .to_string()
    .into_bytes()
}

/// The frame in a language.
fn frame(language: Language) -> String {
    let words = [
        ("lang", language.tag()),
        ("dir", if language.is_right_to_left() { "rtl" } else { "ltr" }),
        ("title", language.text(phrase!("Preview"))),
        ("pages", language.text(phrase!("Pages"))),
        ("findings", language.text(phrase!("Findings"))),
        ("current", language.text(phrase!("up to date"))),
        ("stale", language.text(phrase!("the spec has errors; this is how it was before"))),
        ("empty", language.text(phrase!("nothing is built yet: the findings say why"))),
        ("gone", language.text(phrase!("funnelc serve has ended; this is what it showed last"))),
        ("errors", language.text(phrase!("errors"))),
        ("others", language.text(phrase!("warnings and notes"))),
    ];
    words.iter().fold(PAGE.to_owned(), |page, (name, word)| page.replace(&format!("{{{{{name}}}}}"), word))
}

fn body(status: u16, kind: &str, bytes: Vec<u8>) -> Reply {
    let reply = with(Response::from_data(bytes).with_status_code(status), "Content-Type", kind);
    let reply = with(reply, "Cache-Control", "no-store");
    let reply = with(reply, "Referrer-Policy", "no-referrer");
    let reply = with(reply, "X-Frame-Options", "SAMEORIGIN");
    with(reply, "X-Content-Type-Options", "nosniff")
}

fn plain(status: u16, words: &str) -> Reply {
    body(status, "text/plain; charset=utf-8", words.into())
}

fn with(reply: Reply, name: &str, value: &str) -> Reply {
    match Header::from_bytes(name, value) {
        Ok(header) => reply.with_header(header),
        Err(()) => reply,
    }
}
