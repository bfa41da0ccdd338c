//! From files in hand to a run on the screen.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use js_sys::{Array, Uint8Array};
use lanescope_protocol::{Answer, Frame, OpenedFiles, ReadProgress, Request, TimelineRequest};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use crate::shell::client::{Beside, Client, Trouble};
use crate::shell::{clipboard, dom, fetch, marks};
use crate::state::{App, Phase, Route, View};

/// Name of what stands in a link itself.
pub const LINK: &str = "link.lanescope";

/// What the text of a pack begins with.
pub const PACK: &str = "10xTUE";

thread_local! {
    static CLIENT: RefCell<Option<Client>> = const { RefCell::new(None) };
    /// What is loaded, as handles: should the engine trap, the page has them read them again.
    static LOADED: RefCell<Vec<(String, Blob)>> = const { RefCell::new(Vec::new()) };
    /// Addresses to fetch: those that are being fetched, and what waits for them.
    static FETCHED: RefCell<VecDeque<Vec<String>>> = const { RefCell::new(VecDeque::new()) };
}

/// Starts the workers.
pub fn start(app: App) {
    let client = Client::start(move |trouble| {
        let text = match trouble {
            Trouble::Said(text) => return app.say("error", None, text),
            Trouble::Lost(text) => text,
        };
        app.say("error", None, text);
        let loaded = LOADED.with(|l| l.borrow().clone());
        if matches!(app.phase.get_untracked(), Phase::Loading(_)) {
            settle(app, resting(app));
        }
        // After the trap nothing is loaded in the new engine: give it what the page shows.
        if !loaded.is_empty() && app.runs.with_untracked(|runs| !runs.is_empty()) {
            LOADED.with(|l| l.borrow_mut().clear());
            files(app, loaded);
        }
    });
    CLIENT.with(|slot| *slot.borrow_mut() = Some(client));
}

/// The workers.
pub fn client() -> Option<Client> {
    CLIENT.with(|slot| slot.borrow().clone())
}

/// Asks the engine.
pub fn ask(request: Request, tell: impl FnMut(Answer, Beside) + 'static) {
    if let Some(client) = client() {
        client.ask(request, tell);
    }
}

/// Opens files whose bytes are in hand, after those that are being read.
pub fn files(app: App, files: Vec<(String, Blob)>) {
    if files.is_empty() {
        return app.say("warning", None, "There is no file in what was dropped.");
    }
    let Some(client) = client() else { return };
    // The engine may be a new one: it has to know the rule before the files come.
    if let Some(rule) = join_rule(app) {
        client.ask(Request::Group { rule, show: None }, |_, _| {});
    }
    marks::mark(marks::OPEN);
    let bytes_total = files.iter().map(|(_, blob)| blob.size() as u64).sum();
    let count = files.len() as u32;
    app.phase.set(Phase::Loading(ReadProgress { files: count, bytes_total, ..ReadProgress::default() }));
    let handles = files.clone();
    client.open(files, move |answer, frame| {
        if matches!(answer, Answer::Opened(_)) {
            LOADED.with(|l| {
                let mut loaded = l.borrow_mut();
                loaded.retain(|(path, _)| !handles.iter().any(|(new, _)| new == path));
                loaded.extend(handles.iter().cloned());
            });
        }
        came(app, answer, frame);
    });
}

/// The rule by which files become runs, where the address names one.
fn join_rule(app: App) -> Option<String> {
    app.route.with_untracked(|route| route.of("join").map(str::to_owned))
}

/// Has the runs made anew by the rule that the address names.
pub fn regroup(app: App) {
    let rule = join_rule(app).unwrap_or_else(|| "auto".to_owned());
    anew(app, |show| Request::Group { rule, show });
}

/// Lets go of a file, or of an archive with all that is in it.
pub fn forget(app: App, path: String) {
    LOADED.with(|l| l.borrow_mut().retain(|(loaded, _)| *loaded != path));
    anew(app, |show| Request::Forget { paths: vec![path], show });
}

/// Asks for a change of what is loaded; the run that is shown stays the one, if it is still there.
fn anew(app: App, request: impl FnOnce(Option<String>) -> Request) {
    let show = app.route.with_untracked(|route| route.run.clone());
    ask(request(show), move |answer, frame| came(app, answer, frame));
}

/// Shows a run that the laboratory predicted: buffers of `model::Run::encode`. It is gone when the page is.
pub fn made(app: App, name: String, parts: Array) {
    if let Some(client) = client() {
        client.made(name, parts, move |answer, frame| {
            app.go(|route| route.view = View::Timeline);
            came(app, answer, frame);
        });
    }
}

/// What an opening brings, step by step.
fn came(app: App, answer: Answer, frame: Beside) {
    match answer {
        Answer::Progress(progress) => app.phase.set(Phase::Loading(progress)),
        Answer::Opened(opened) => {
            // Reading the answer, its bars and showing it are tasks of their own: the page hears the user in between.
            let next = move || {
                let frame = frame.and_then(|bytes| Frame::decode(&bytes).ok()).map(Arc::new);
                opened_files(app, *opened, frame);
            };
            set_timeout(next, Duration::ZERO);
        }
        Answer::Cancelled => {
            settle(app, resting(app));
            app.say("info", None, "Reading was cancelled; what was loaded before is still here.");
        }
        Answer::Failed { text } => {
            settle(app, resting(app));
            app.say("error", None, text);
        }
        _ => {}
    }
}

/// What the page is now, unless more is being fetched or read.
fn settle(app: App, phase: Phase) {
    let fetches = FETCHED.with_borrow(|fetched| !fetched.is_empty());
    if !fetches && !client().is_some_and(|client| client.opens()) {
        app.phase.set(phase);
    }
}

fn resting(app: App) -> Phase {
    if app.runs.with_untracked(Vec::is_empty) { Phase::Empty } else { Phase::Ready }
}

fn opened_files(app: App, mut opened: OpenedFiles, frame: Option<Arc<Frame>>) {
    let wanted = app.route.with_untracked(|route| route.run.clone());
    let known = |id: &String| opened.runs.iter().any(|run| run.id == *id);
    let had_runs = app.runs.with_untracked(|runs| !runs.is_empty());
    // A link names its run, and it is shown when the first files come; of what is opened later the engine's choice.
    let linked = wanted.filter(known).filter(|id| !had_runs && Some(id) != opened.show.as_ref());
    let keep_range = linked.is_some() || app.route.with_untracked(|r| r.run.is_none() || r.run == opened.show);
    let brought = opened.files.iter().skip(opened.new_from as usize).any(|file| file.status != "error");
    // Messages and the list of runs first, the view of the run in a task of its own.
    batch(|| {
        app.files.set(std::mem::take(&mut opened.files));
        app.runs.set(std::mem::take(&mut opened.runs));
    });
    let show = move || {
        show_opened(app, opened, frame, brought || !had_runs, keep_range && !had_runs);
        match linked {
            Some(run) => show_run(app, run),
            None => ready_soon(app),
        }
    };
    set_timeout(show, Duration::ZERO);
}

/// Shows the run that the engine chose, where it is to be shown: its view first, its lanes in a task of their own.
fn show_opened(app: App, opened: OpenedFiles, frame: Option<Arc<Frame>>, show: bool, keep_range: bool) {
    marks::opened();
    let shown = show && opened.overview.is_some();
    batch(|| {
        if shown {
            if let Some(show) = opened.show {
                app.tune(|route| select_run(route, show, keep_range));
            }
            app.overview.set(opened.overview.map(|o| *o));
        }
        let empty = app.runs.with_untracked(Vec::is_empty);
        if empty {
            app.overview.set(None);
            app.timeline.set(None);
        }
        let nothing = app.files.with_untracked(Vec::is_empty);
        let phase = if nothing {
            Phase::Empty
        } else if empty {
            Phase::Error
        } else {
            Phase::Ready
        };
        settle(app, phase);
    });
    if shown {
        let timeline = opened.timeline.map(|t| *t);
        let draw = move || {
            // The user may have gone on to another run meanwhile.
            let run = timeline.as_ref().map(|t| &t.run);
            if run.is_none() || app.route.with_untracked(|route| route.run.as_ref() == run) {
                batch(|| {
                    app.first_frame.set(frame);
                    app.timeline.set(timeline);
                });
            }
        };
        set_timeout(draw, Duration::ZERO);
    }
}

fn select_run(route: &mut Route, run: String, keep: bool) {
    if !keep && route.run.as_ref() != Some(&run) {
        route.from_s = None;
        route.to_s = None;
        route.range = None;
        route.test = None;
    }
    route.run = Some(run);
}

/// Marks the page as ready once what was set is on the screen.
fn ready_soon(app: App) {
    if app.overview.with_untracked(Option::is_some) {
        dom::next_frame(|| marks::mark(marks::READY));
    }
}

/// Shows another run that is loaded.
pub fn show_run(app: App, run: String) {
    if app.overview.with_untracked(|o| o.as_ref().is_some_and(|o| o.run.id == run)) {
        return app.tune(|route| route.run = Some(run));
    }
    app.tune(|route| {
        if route.run.as_ref() != Some(&run) {
            select_run(route, run.clone(), false);
        }
    });
    let asked = run.clone();
    ask(Request::Overview { run }, move |answer, _| match answer {
        // The user may have gone on to another run meanwhile.
        Answer::Overview(_) if app.route.with_untracked(|route| route.run.as_ref() != Some(&asked)) => {}
        Answer::Overview(overview) => {
            batch(|| {
                app.first_frame.set(None);
                app.overview.set(Some(*overview));
            });
            lanes(app, asked.clone(), None);
            ready_soon(app);
        }
        Answer::Failed { text } => app.say("warning", None, text),
        _ => {}
    });
}

/// Asks for the lanes of a run, simulated on so many workers where nothing is recorded.
pub fn lanes(app: App, run: String, workers: Option<u32>) {
    let request = TimelineRequest { run, sort: lanescope_protocol::LaneSort::Name, workers };
    ask(Request::Timeline(request), move |answer, _| {
        if let Answer::Timeline(timeline) = answer
            && app.route.with_untracked(|route| route.run.as_ref() == Some(&timeline.run))
        {
            app.timeline.set(Some(*timeline));
        }
    });
}

/// Opens what the address names: packed data in it, or addresses.
pub fn named(app: App) {
    let (data, from) = app.route.with_untracked(|route| (route.of("data").map(str::to_owned), route.src.clone()));
    // The reader unpacks less of a text than of a file: a link may come from anybody.
    if let Some(text) = data.as_ref().filter(|text| text.starts_with(PACK)) {
        return clipboard::text_as_file(app, LINK, text);
    }
    match data.as_deref().map(url_bytes) {
        Some(Some(bytes)) => {
            let part = Array::of1(&Uint8Array::from(bytes.as_slice()));
            if let Ok(blob) = Blob::new_with_u8_array_sequence(&part) {
                files(app, vec![(LINK.to_owned(), blob)]);
            }
        }
        Some(None) => app.say("error", Some(LINK.to_owned()), "The data in this link is damaged: was it cut off?"),
        None if from.is_empty() => {}
        None => sources(app, from),
    }
}

/// The bytes of base64url text, which the browser knows with two other letters.
fn url_bytes(text: &str) -> Option<Vec<u8>> {
    let text = dom::window().atob(&text.replace('-', "+").replace('_', "/")).ok()?;
    Some(text.chars().map(|letter| letter as u8).collect())
}

/// Fetches addresses that the user gave, after those that are being fetched, and opens what came.
pub fn sources(app: App, sources: Vec<String>) {
    let first = FETCHED.with_borrow_mut(|fetched| {
        fetched.push_back(sources);
        fetched.len() == 1
    });
    if first {
        fetch_next(app);
    }
}

/// Fetches what is first among that which waits.
fn fetch_next(app: App) {
    let Some(sources) = FETCHED.with_borrow(|fetched| fetched.front().cloned()) else { return };
    let count = sources.len() as u32;
    app.phase.set(Phase::Loading(ReadProgress { files: count, ..ReadProgress::default() }));
    fetch::all(
        sources,
        move |path, bytes, bytes_total, files_done| {
            let progress = ReadProgress { path, files_done, files: count, bytes, bytes_total, tests: 0 };
            app.phase.set(Phase::Loading(progress));
        },
        move |came, problems, cancelled| {
            FETCHED.with_borrow_mut(VecDeque::pop_front);
            let severity = if cancelled { "info" } else { "error" };
            for problem in problems {
                app.say(severity, Some(problem.address), problem.text);
            }
            if came.is_empty() || cancelled {
                let rest = resting(app);
                settle(app, if rest == Phase::Empty && !cancelled { Phase::Error } else { rest });
            } else {
                files(app, came);
            }
            fetch_next(app);
        },
    );
}

/// Fetches what an index names by addresses of its own: a file in hand says nothing of those beside it.
pub fn index(app: App, path: &str) {
    let found = LOADED.with(|l| l.borrow().iter().find(|(loaded, _)| loaded == path).map(|(_, blob)| blob.clone()));
    let Some(blob) = found else { return };
    spawn_local(async move {
        let mut named = fetch::listed(&blob).await.unwrap_or_default();
        named.retain(|address| address.starts_with("http://") || address.starts_with("https://"));
        sources(app, named);
    });
}

/// Stops fetching, and forgets what waits for it.
fn cancel_fetch() {
    // The one that is stopped takes itself away when it has heard of it.
    FETCHED.with_borrow_mut(|fetched| fetched.truncate(1));
    fetch::cancel();
}

/// Stops fetching and reading, and what waits for either.
pub fn cancel() {
    cancel_fetch();
    if let Some(client) = client() {
        client.cancel();
    }
}

/// Forgets everything.
pub fn close(app: App) {
    cancel_fetch();
    LOADED.with(|l| l.borrow_mut().clear());
    if let Some(client) = client() {
        client.close();
    }
    batch(|| {
        app.overview.set(None);
        app.timeline.set(None);
        app.first_frame.set(None);
        app.runs.set(Vec::new());
        app.files.set(Vec::new());
        app.toasts.set(Vec::new());
        app.phase.set(Phase::Empty);
        app.go(|route| *route = Route::default());
    });
}
