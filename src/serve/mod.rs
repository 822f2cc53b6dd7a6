//! A preview over HTTP, on this machine only: the files of the last good build, the findings of the last one, and a frame
//! that holds both and follows what changes.
//!
//! ```text
//! /              the frame
//! /~/state?seen= what it shows; answers when there is something newer than `seen`, or after a while
//! /~/findings    what the checks say, as a page
//! /~/page.js …   what the frame is made of
//! /…             a file of the build
//! ```

mod reply;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tiny_http::Server;

use crate::language::Language;

/// How many free ports are looked for after one that is taken.
const MORE_PORTS: u16 = 20;
/// How long a request may wait for a change.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many requests are answered at a time; each of them has a thread.
const MAX_REQUESTS: usize = 64;

/// What is shown, for all who look.
#[derive(Debug)]
pub struct Site {
    shown: Mutex<Shown>,
    changed: Condvar,
    language: Language,
}

/// What is shown.
#[derive(Debug, Default)]
struct Shown {
    /// Grows with every build.
    version: u64,
    /// Grows with every build that made files.
    pages_version: u64,
    files: BTreeMap<String, Vec<u8>>,
    findings: Vec<u8>,
    counts: Counts,
    trouble: Option<String>,
}

/// How many findings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings and notes.
    pub others: usize,
}

/// What a build came to.
#[derive(Debug)]
pub struct Round {
    /// Its files; nothing where it made none, and those before stay.
    pub files: Option<BTreeMap<String, Vec<u8>>>,
    /// Its findings as a page.
    pub findings: Vec<u8>,
    /// How many they are.
    pub counts: Counts,
    /// Why it made no files, where the findings do not say it.
    pub trouble: Option<String>,
}

impl Site {
    /// A site that shows nothing yet, in a language.
    pub fn new(language: Language) -> Self {
        Self { shown: Mutex::default(), changed: Condvar::new(), language }
    }

    /// Shows a build.
    pub fn show(&self, round: Round) {
        let mut shown = self.shown();
        shown.version += 1;
        if let Some(files) = round.files {
            shown.pages_version = shown.version;
            shown.files = files;
        }
        (shown.findings, shown.counts, shown.trouble) = (round.findings, round.counts, round.trouble);
        self.changed.notify_all();
    }

    /// What is shown. A thread that panicked has changed nothing half: every change is one assignment.
    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is shown, once it is newer than what was seen, or after a while.
    fn newer_than(&self, seen: u64) -> MutexGuard<'_, Shown> {
        let shown = self.shown();
        let waited = self.changed.wait_timeout_while(shown, PATIENCE, |shown| shown.version == seen);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Listens on the loopback address: on a port, or where it is taken on the next free one.
pub fn listen(port: u16) -> io::Result<Listening> {
    let mut last = None;
    for next in (0..=MORE_PORTS).map_while(|step| port.checked_add(step)) {
        match Server::http(SocketAddrV4::new(Ipv4Addr::LOCALHOST, next)) {
            Ok(server) => {
                let port = server.server_addr().to_ip().map_or(next, |address| address.port());
                return Ok(Listening { server: Arc::new(server), port });
            }
            Err(error) => last = Some(io::Error::other(error)),
        }
        if port == 0 {
            break;
        }
    }
    Err(last.unwrap_or_else(|| io::Error::other("no port is free")))
}

/// An open port.
pub struct Listening {
    server: Arc<Server>,
    /// Which.
    pub port: u16,
}

impl Listening {
    /// Answers until the program ends, in threads of its own.
    pub fn answer(&self, site: &Arc<Site>) {
        let (server, site, port) = (Arc::clone(&self.server), Arc::clone(site), self.port);
        std::thread::spawn(move || {
            let busy = Arc::new(AtomicUsize::new(0));
            for request in server.incoming_requests() {
                if busy.load(Ordering::Relaxed) >= MAX_REQUESTS {
                    let _ = request.respond(tiny_http::Response::empty(503));
                    continue;
                }
                busy.fetch_add(1, Ordering::Relaxed);
                let (site, busy) = (Arc::clone(&site), Arc::clone(&busy));
                std::thread::spawn(move || {
                    let reply = reply::to(&site, port, &request);
                    // Who has gone away needs no answer.
                    let _ = request.respond(reply);
                    busy.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
    }
}

#[cfg(test)]
mod tests;
