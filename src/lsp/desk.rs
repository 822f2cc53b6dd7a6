//! One project: a thread that compiles it anew after each change, and answers what is asked meanwhile.
//!
//! A *revision* is the project between two changes. Its model borrows from its texts, so it lives in one call of
//! [`Clerk::revision`]; while the checks run in threads of their own, requests that need the model alone are answered.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crossbeam_channel::{Receiver, Sender};
use lsp_server::{Message, Notification, RequestId, Response};
use lsp_types::PublishDiagnosticsParams;
use lsp_types::notification::{Notification as _, PublishDiagnostics};
use serde_json::Value;

use super::client::Client;
use super::findings;
use super::requests;
use super::rooms::Room;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::project::Project;
use crate::source::FileId;

/// What a desk is told.
pub(super) enum Order {
    /// A text is another one now.
    Change { key: PathBuf, version: Option<i32>, text: String },
    /// A request.
    Ask(Ask),
}

/// A request, and where its answer goes.
pub(super) struct Ask {
    pub(super) id: RequestId,
    pub(super) method: String,
    pub(super) params: Value,
    /// Set where every desk is asked and the answers are one list.
    pub(super) gather: Option<Arc<Gather>>,
}

/// Answers of several desks that become one.
pub(super) struct Gather {
    pub(super) left: Mutex<(usize, Vec<Value>)>,
}

/// What all desks and the server share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) out: Sender<Message>,
    pub(super) client: Arc<Client>,
    pub(super) cancelled: Arc<Mutex<Vec<RequestId>>>,
    /// What was last published, by address.
    pub(super) published: Arc<Mutex<BTreeMap<String, Vec<lsp_types::Diagnostic>>>>,
}

/// A desk as the server sees it.
pub(super) struct Desk {
    pub(super) paths: Vec<Option<PathBuf>>,
    /// Files with faults that only loading finds, such as a `use` of a file that is not there: a change of one of them may
    /// move the fault, or mend it.
    pub(super) faulty: Vec<PathBuf>,
    pub(super) orders: Sender<Order>,
    /// Grows with every change that is ordered: work on an older revision stops.
    pub(super) ordered: Arc<AtomicU64>,
    thread: std::thread::JoinHandle<()>,
}

impl Desk {
    /// Opens a desk for a project.
    pub(super) fn open(room: Room, versions: BTreeMap<PathBuf, i32>, shared: Shared) -> Self {
        let (orders, inbox) = crossbeam_channel::unbounded();
        let ordered = Arc::new(AtomicU64::new(0));
        let paths = room.project.paths.clone();
        let faulty = faulty(&room.project);
        let clerk =
            Clerk { room, versions, shared, inbox, waiting: Mutex::default(), ordered: Arc::clone(&ordered), done: 0 };
        Self { paths, faulty, orders, ordered, thread: std::thread::spawn(move || clerk.work()) }
    }

    pub(super) fn order(&self, order: Order) {
        if matches!(order, Order::Change { .. }) {
            self.ordered.fetch_add(1, Ordering::SeqCst);
        }
        let _ = self.orders.send(order);
    }

    /// Answers what is still asked, and closes.
    pub(super) fn close(self) {
        self.ordered.fetch_add(1, Ordering::SeqCst);
        drop(self.orders);
        let _ = self.thread.join();
    }
}

/// Where the faults of loading stand; one without a place stands everywhere.
fn faulty(project: &Project) -> Vec<PathBuf> {
    let path = |file: FileId| project.paths.get(file.0 as usize).cloned().flatten();
    if project.faults.iter().any(|fault| fault.span().is_none()) {
        return project.paths.iter().flatten().cloned().collect();
    }
    project.faults.iter().filter_map(|fault| path(fault.span()?.file)).collect()
}

struct Clerk {
    room: Room,
    versions: BTreeMap<PathBuf, i32>,
    shared: Shared,
    inbox: Receiver<Order>,
    /// What was asked after the changes that this revision has seen.
    waiting: Mutex<Option<Order>>,
    ordered: Arc<AtomicU64>,
    /// How many changes this revision has seen.
    done: u64,
}

impl Clerk {
    fn work(mut self) {
        let mut project = std::mem::take(&mut self.room.project);
        let mut edited: Vec<PathBuf> = Vec::new();
        while let Some(changes) = self.revision(&project, &edited) {
            edited.clear();
            let mut texts = BTreeMap::new();
            for (key, version, text) in changes {
                self.done += 1;
                if let Some(version) = version {
                    self.versions.insert(key.clone(), version);
                }
                if let Some(at) = project.paths.iter().position(|path| path.as_ref() == Some(&key)) {
                    texts.insert(FileId(at as u32), text);
                }
                edited.push(key);
            }
            project.replace(texts);
        }
    }

    /// Compiles, tells the findings and answers until a change comes; nothing where none will.
    fn revision(&self, project: &Project, edited: &[PathBuf]) -> Option<Vec<(PathBuf, Option<i32>, String)>> {
        let (model, faults) = model::build(&project.sources);
        let found: OnceLock<Option<Vec<Diagnostic>>> = OnceLock::new();
        let (model, found) = (&model, &found);
        let findings = move || found.wait().as_deref();
        let view =
            View { model, project, client: &self.shared.client, language: self.room.language, findings: &findings };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let all = self.check(model, faults);
                // Published first: whoever gets an answer that needs the findings has seen them.
                if let Some(all) = &all {
                    self.publish(model, project, all, edited);
                }
                found.get_or_init(|| all);
            });
            self.answer(&view)
        })
    }

    /// Every finding; nothing where a change came in between.
    fn check(&self, model: &model::Model<'_>, faults: Vec<Diagnostic>) -> Option<Vec<Diagnostic>> {
        let is_stale = || self.ordered.load(Ordering::Relaxed) > self.done;
        let found = crate::findings(model, faults, &self.room.levels, &is_stale)?;
        Some(match &self.room.baseline {
            Some(baseline) => baseline.filter(model.sources, found).diagnostics,
            None => found,
        })
    }

    /// Answers requests until a change comes, and takes with it every change that is there already: what is asked after
    /// them waits for the next revision.
    fn answer(&self, view: &View<'_, '_>) -> Option<Vec<(PathBuf, Option<i32>, String)>> {
        let mut orders = std::iter::from_fn(|| self.waiting().take().or_else(|| self.inbox.recv().ok()));
        let first = orders.find_map(|order| self.change_or_reply(view, order))?;
        let mut changes = vec![first];
        while let Ok(order) = self.inbox.try_recv() {
            match order {
                Order::Change { key, version, text } => changes.push((key, version, text)),
                ask @ Order::Ask(_) => {
                    *self.waiting() = Some(ask);
                    break;
                }
            }
        }
        Some(changes)
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Order>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_or_reply(&self, view: &View<'_, '_>, order: Order) -> Option<(PathBuf, Option<i32>, String)> {
        match order {
            Order::Change { key, version, text } => Some((key, version, text)),
            Order::Ask(ask) => {
                self.reply(view, ask);
                None
            }
        }
    }

    fn reply(&self, view: &View<'_, '_>, ask: Ask) {
        let cancelled = {
            let mut cancelled = self.shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner);
            let at = cancelled.iter().position(|id| *id == ask.id);
            at.map(|at| cancelled.swap_remove(at)).is_some()
        };
        let answer = if cancelled {
            Err(super::view::Refusal { code: lsp_server::ErrorCode::RequestCanceled, words: crate::say!("cancelled") })
        } else {
            requests::answer(view, &ask.method, ask.params)
        };
        let Some(gather) = ask.gather else {
            let _ = self.shared.out.send(response(ask.id, answer, view.language).into());
            return;
        };
        let mut left = gather.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.0 -= 1;
        if let Ok(Value::Array(own)) = answer {
            left.1.extend(own);
        }
        if left.0 == 0 {
            let all = Value::Array(std::mem::take(&mut left.1));
            let _ = self.shared.out.send(Response::new_ok(ask.id, all).into());
        }
    }

    /// Publishes the findings of every file whose findings are others than before, and of those that were edited.
    fn publish(&self, model: &model::Model<'_>, project: &Project, found: &[Diagnostic], edited: &[PathBuf]) {
        let nothing = || None;
        let view =
            View { model, project, client: &self.shared.client, language: self.room.language, findings: &nothing };
        let mut by_file: Vec<Vec<lsp_types::Diagnostic>> = vec![Vec::new(); project.sources.len()];
        for finding in project.faults.iter().chain(found) {
            // What is about the whole run stands at the top of the first file.
            let file = finding.span().map_or(0, |span| span.file.0 as usize);
            by_file[file].push(findings::shown(&view, finding));
        }
        let mut published = self.shared.published.lock().unwrap_or_else(PoisonError::into_inner);
        for ((path, diagnostics), at) in project.paths.iter().zip(by_file).zip(0..) {
            let (Some(path), Some(uri)) = (path, view.uri(FileId(at))) else { continue };
            let is_edited = edited.contains(path);
            let before = published.get(uri.as_str());
            if !is_edited && before.map_or(diagnostics.is_empty(), |before| *before == diagnostics) {
                continue;
            }
            published.insert(uri.as_str().to_owned(), diagnostics.clone());
            let params = PublishDiagnosticsParams { uri, diagnostics, version: self.versions.get(path).copied() };
            let _ = self.shared.out.send(Notification::new(PublishDiagnostics::METHOD.to_owned(), params).into());
        }
    }
}

/// The answer to a request, or why there is none.
pub(super) fn response(
    id: RequestId,
    answer: super::view::Reply<Value>,
    language: crate::language::Language,
) -> Response {
    match answer {
        Ok(value) => Response::new_ok(id, value),
        Err(refusal) => Response::new_err(id, refusal.code as i32, refusal.words.said(language)),
    }
}
