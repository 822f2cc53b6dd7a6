//! One project: a thread that compiles it after each change, and answers what is asked meanwhile.
//!
//! A *revision* is the project between two changes. What its files declare is handed on to the next one, which reads only
//! the file that has changed; names, types and checks are made anew. While the checks run in threads of their own, requests
//! that need the model alone are answered. Declarations borrow from texts, so the texts of past revisions stay until the
//! [`Chain`] of them is let go, when nobody types or when they have become too many.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use lsp_server::{Message, Notification, RequestId, Response};
use lsp_types::PublishDiagnosticsParams;
use lsp_types::notification::{Notification as _, PublishDiagnostics};
use serde_json::Value;

use super::client::Client;
use super::early::{self, Told};
use super::findings;
use super::requests;
use super::rooms::Room;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::model::reading::Reading;
use crate::model::{self, Model};
use crate::project::Project;
use crate::source::FileId;

/// What a desk is told.
pub(super) enum Order {
    /// A text is another one now.
    Change(Change),
    /// A request.
    Ask(Ask),
}

/// The text that a file has now.
pub(super) struct Change {
    pub(super) key: PathBuf,
    /// What the editor calls this state of it.
    pub(super) version: i32,
    pub(super) text: String,
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
        let clerk = Clerk {
            room,
            versions,
            shared,
            inbox,
            waiting: Mutex::default(),
            ordered: Arc::clone(&ordered),
            done: 0,
            told: None,
        };
        Self { paths, faulty, orders, ordered, thread: std::thread::spawn(move || clerk.work()) }
    }

    pub(super) fn order(&self, order: Order) {
        if matches!(order, Order::Change(_)) {
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

/// Texts of past revisions, in bytes, that are let go when nobody types.
const MAX_IDLE_PAST: usize = 1 << 20;

/// Texts of past revisions, in bytes, that are let go even while somebody types.
const MAX_PAST: usize = 4 << 20;

/// How long nobody has typed when there is time to tidy up.
const REST: std::time::Duration = std::time::Duration::from_millis(500);

/// The revisions of a project, one after the other: what was read of a text lives as long as the chain.
struct Chain {
    project: Project,
    next: OnceLock<Box<Self>>,
}

impl Chain {
    const fn of(project: Project) -> Self {
        Self { project, next: OnceLock::new() }
    }

    /// The revision after the last one.
    fn add(&self, project: Project) -> &Self {
        self.next.get_or_init(|| Box::new(Self::of(project)))
    }
}

impl Drop for Chain {
    /// One after the other, however long the chain is.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut revision) = next {
            next = revision.next.take();
        }
    }
}

/// What comes after a revision.
enum Next {
    /// Some texts are others.
    Changes(Vec<Change>),
    /// Nobody types: time to tidy up.
    Rest,
    /// The project is closed.
    Nothing,
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
    /// What was told last when all was checked.
    told: Option<Told>,
}

impl Clerk {
    fn work(mut self) {
        let mut next = Some(std::mem::take(&mut self.room.project));
        while let Some(project) = next {
            next = self.chain(project);
        }
    }

    /// Follows a project from revision to revision; returns the one to begin the next chain with.
    fn chain(&mut self, first: Project) -> Option<Project> {
        let chain = Chain::of(first);
        let (mut last, mut read, mut past) = (&chain, Reading::default(), 0);
        loop {
            let (model, faults) = model::build_after(&last.project.sources, read);
            let (next, found) = self.revision(&model, &last.project, faults, past > MAX_IDLE_PAST);
            read = model.into_reading();
            self.told = found.or_else(|| self.told.take());
            let texts = match next {
                Next::Changes(changes) => self.take(&last.project, changes),
                Next::Rest => return Some(last.project.clone()),
                Next::Nothing => return None,
            };
            past += texts.keys().map(|file| last.project.sources.get(*file).text.len()).sum::<usize>();
            let project = last.project.with_texts(texts);
            if past > MAX_PAST {
                return Some(project);
            }
            last = last.add(project);
        }
    }

    /// Takes note of changes; returns the texts by file.
    fn take(&mut self, project: &Project, changes: Vec<Change>) -> BTreeMap<FileId, String> {
        let mut texts = BTreeMap::new();
        for Change { key, version, text } in changes {
            self.done += 1;
            self.versions.insert(key.clone(), version);
            if let Some(at) = project.paths.iter().position(|path| path.as_ref() == Some(&key)) {
                let file = FileId(at as u32);
                texts.insert(file, text);
                if let Some(told) = &mut self.told {
                    told.edited.entry(file).or_insert_with(|| project.sources.get(file).text.clone());
                }
            }
        }
        texts.retain(|file, text| project.sources.get(*file).text != *text);
        texts
    }

    /// Tells the findings of a revision and answers until a change comes; returns what was told.
    fn revision(
        &self,
        model: &Model<'_>,
        project: &Project,
        faults: Vec<Diagnostic>,
        may_rest: bool,
    ) -> (Next, Option<Told>) {
        let all: OnceLock<Option<Told>> = OnceLock::new();
        let told = &all;
        let findings = move || told.wait().as_ref().map(|told| &*told.found);
        let view =
            View { model, project, client: &self.shared.client, language: self.room.language, findings: &findings };
        let next = std::thread::scope(|scope| {
            scope.spawn(|| {
                self.publish_early(model, project, &faults);
                let all = self.check(model, faults);
                // Published first: whoever gets an answer that needs the findings has seen them.
                if let Some(all) = &all {
                    self.publish(model, project, &all.found);
                }
                told.get_or_init(|| all);
            });
            self.answer(&view, may_rest)
        });
        (next, all.into_inner().flatten())
    }

    /// Every finding; nothing where a change came in between.
    fn check(&self, model: &Model<'_>, faults: Vec<Diagnostic>) -> Option<Told> {
        let is_stale = || self.ordered.load(Ordering::Relaxed) > self.done;
        let read = Told::keys(&faults);
        let found = crate::findings(model, faults, &self.room.levels, &is_stale)?;
        Some(Told::new(self.new_ones(model, found), read))
    }

    /// Findings without those that the project has accepted.
    fn new_ones(&self, model: &Model<'_>, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        match &self.room.baseline {
            Some(baseline) => baseline.filter(model.sources, found).diagnostics,
            None => found,
        }
    }

    /// Answers requests until a change comes, and takes with it every change that is there already: what is asked after
    /// them waits for the next revision.
    fn answer(&self, view: &View<'_, '_>, may_rest: bool) -> Next {
        let mut changes = loop {
            match self.order(may_rest) {
                Ok(Order::Change(change)) => break vec![change],
                Ok(Order::Ask(ask)) => self.reply(view, ask),
                Err(RecvTimeoutError::Timeout) => return Next::Rest,
                Err(RecvTimeoutError::Disconnected) => return Next::Nothing,
            }
        };
        while let Ok(order) = self.inbox.try_recv() {
            match order {
                Order::Change(change) => changes.push(change),
                ask @ Order::Ask(_) => {
                    *self.waiting() = Some(ask);
                    break;
                }
            }
        }
        Next::Changes(changes)
    }

    /// The next order; where there is something to tidy up, not for ever.
    fn order(&self, may_rest: bool) -> Result<Order, RecvTimeoutError> {
        if let Some(order) = self.waiting().take() {
            return Ok(order);
        }
        if may_rest { self.inbox.recv_timeout(REST) } else { self.inbox.recv().map_err(RecvTimeoutError::from) }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Order>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Whether findings are those that were published last: also their places, which are lines and columns, so that those
    /// in a file that has changed are not.
    fn looks_the_same(told: &Told, now: &[&Diagnostic], before: &[&Diagnostic]) -> bool {
        let is_edited =
            |finding: &Diagnostic| finding.labels.iter().any(|own| told.edited.contains_key(&own.span.file));
        now == before && !now.iter().any(|finding| is_edited(finding))
    }

    /// Publishes what can be said of edited files before all of a large project is checked.
    fn publish_early(&self, model: &Model<'_>, project: &Project, faults: &[Diagnostic]) {
        let Some(told) = self.told.as_ref().filter(|told| !told.edited.is_empty() && early::is_large(model.sources))
        else {
            return;
        };
        let now = self.new_ones(model, told.until_checked(model.sources, faults));
        let now = by_file(project, &now);
        for file in told.edited.keys() {
            self.show(model, project, *file, &now[file.0 as usize]);
        }
    }

    /// Publishes the findings of every file whose findings are others than before, and of those that were edited.
    fn publish(&self, model: &Model<'_>, project: &Project, found: &[Diagnostic]) {
        let now = by_file(project, found);
        let before = self.told.as_ref().map(|told| (told, by_file(project, &told.found)));
        for (own, at) in now.iter().take(project.paths.len()).zip(0..) {
            let is_known = |(told, before): &(&Told, Vec<Vec<&Diagnostic>>)| {
                !told.edited.contains_key(&FileId(at)) && Self::looks_the_same(told, own, &before[at as usize])
            };
            if !before.as_ref().is_some_and(is_known) {
                self.show(model, project, FileId(at), own);
            }
        }
    }

    /// Publishes the findings of a file, if they are others than before or the file is.
    fn show(&self, model: &Model<'_>, project: &Project, file: FileId, found: &[&Diagnostic]) {
        let nothing = || None;
        let view =
            View { model, project, client: &self.shared.client, language: self.room.language, findings: &nothing };
        let path = project.paths.get(file.0 as usize).and_then(Option::as_ref);
        let (Some(path), Some(uri)) = (path, view.uri(file)) else { return };
        let diagnostics: Vec<_> = found.iter().map(|finding| findings::shown(&view, finding)).collect();
        let is_edited = self.told.as_ref().is_some_and(|told| told.edited.contains_key(&file));
        let mut published = self.shared.published.lock().unwrap_or_else(PoisonError::into_inner);
        let before = published.get(uri.as_str());
        if !is_edited && before.map_or(diagnostics.is_empty(), |before| *before == diagnostics) {
            return;
        }
        published.insert(uri.as_str().to_owned(), diagnostics.clone());
        let params = PublishDiagnosticsParams { uri, diagnostics, version: self.versions.get(path).copied() };
        let _ = self.shared.out.send(Notification::new(PublishDiagnostics::METHOD.to_owned(), params).into());
    }
}

/// Findings by file; what is about the whole run stands at the top of the first file.
fn by_file<'f>(project: &'f Project, found: &'f [Diagnostic]) -> Vec<Vec<&'f Diagnostic>> {
    let mut by_file: Vec<Vec<&Diagnostic>> = vec![Vec::new(); project.sources.len().max(1)];
    for finding in project.faults.iter().chain(found) {
        by_file[finding.span().map_or(0, |span| span.file.0 as usize)].push(finding);
    }
    by_file
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
