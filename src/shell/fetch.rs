//! Fetching addresses that the user gave: with progress, with a cancel, and with a reason when it fails.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Promise, Reflect, Uint8Array};
use lanescope_protocol::{Answer, Request};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Blob, ReadableStreamDefaultReader, RequestInit, Response, Url};

use crate::shell::{dom, open};

/// Why an address brought nothing.
pub struct Problem {
    /// The address as given.
    pub address: String,
    /// A sentence.
    pub text: String,
}

thread_local! {
    static ABORT: RefCell<Option<AbortController>> = const { RefCell::new(None) };
}

/// Stops fetching.
pub fn cancel() {
    if let Some(abort) = ABORT.take() {
        abort.abort();
    }
}

/// So many addresses are followed from indexes, and so deep may an index stand in another.
const MAX_LISTED: usize = 2_000;
const MAX_DEPTH: u8 = 3;
/// An index is no larger than this, bytes.
const MAX_INDEX: f64 = 1e6;

/// Something to fetch: the address, in how many indexes it stands, and the folder of the first of them.
struct Wanted {
    address: String,
    depth: u8,
    folder: String,
}

/// Fetches one address after the other; what an index names (`{"lanescope": "index/1", "runs": […]}`) is fetched in its
/// place, relative to it. `progress` gets name, bytes so far, bytes in all (0 if not known) and
/// the number of addresses done; `done` what came, what did not, and whether the user stopped it. One at a time: the page
/// begins the next when this one is done.
pub fn all(
    addresses: Vec<String>,
    mut progress: impl FnMut(String, u64, u64, u32) + 'static,
    done: impl FnOnce(Vec<(String, Blob)>, Vec<Problem>, bool) + 'static,
) {
    let Ok(abort) = AbortController::new() else { return };
    ABORT.replace(Some(abort.clone()));
    spawn_local(async move {
        let mut came = Vec::new();
        let mut problems = Vec::new();
        let first = |address| Wanted { address, depth: 0, folder: String::new() };
        let mut waiting: Vec<Wanted> = addresses.into_iter().rev().map(first).collect();
        // Indexes may name each other.
        let mut seen: Vec<String> = Vec::new();
        while let Some(wanted) = waiting.pop() {
            let i = came.len() as u32;
            let text = match one(&wanted, &abort, |name, bytes, total| progress(name, bytes, total, i)).await {
                Ok((name, blob, at)) => match listed(&blob).await {
                    None => {
                        came.push((name, blob));
                        continue;
                    }
                    Some(runs) if wanted.depth < MAX_DEPTH && seen.len() + runs.len() <= MAX_LISTED => {
                        let folder = if wanted.depth == 0 { folder_of(&at) } else { wanted.folder };
                        for run in runs.iter().rev() {
                            let Ok(url) = Url::new_with_base(run, &at.href()) else { continue };
                            let address = url.href();
                            if !seen.contains(&address) {
                                seen.push(address.clone());
                                waiting.push(Wanted { address, depth: wanted.depth + 1, folder: folder.clone() });
                            }
                        }
                        continue;
                    }
                    Some(_) => "This index names too many files, or goes too deep.".to_owned(),
                },
                Err(text) => text,
            };
            problems.push(Problem { address: wanted.address, text });
            if abort.signal().aborted() {
                break;
            }
        }
        // Also what was stopped when all had come: nobody waits for it any more.
        done(came, problems, abort.signal().aborted());
    });
}

/// What an index names; `None` if this is none.
pub async fn listed(blob: &Blob) -> Option<Vec<String>> {
    if blob.size() > MAX_INDEX {
        return None;
    }
    let text = JsFuture::from(blob.text()).await.ok()?.as_string()?;
    // Few files are JSON, and fewer are this.
    if !text.trim_start().starts_with('{') || !text.contains("index/1") {
        return None;
    }
    let index = js_sys::JSON::parse(&text).ok()?;
    let of = |key: &str| Reflect::get(&index, &key.into()).ok();
    if of("lanescope")?.as_string()? != "index/1" {
        return None;
    }
    // Anything but a list is no index: what stands there is read as any other file, which says so.
    let runs: Array = of("runs")?.dyn_into().ok()?;
    Some(runs.iter().filter_map(|run| run.as_string()).collect())
}

/// The folder of an address, as its path.
fn folder_of(url: &Url) -> String {
    let path = url.pathname();
    path.get(..path.rfind('/').map_or(0, |at| at + 1)).unwrap_or_default().to_owned()
}

async fn one(
    wanted: &Wanted,
    abort: &AbortController,
    mut progress: impl FnMut(String, u64, u64),
) -> Result<(String, Blob, Url), String> {
    let base = dom::document().base_uri().ok().flatten().unwrap_or_default();
    let mut url = Url::new_with_base(&wanted.address, &base).map_err(|_| "This is no address.".to_owned())?;
    if !matches!(url.protocol().as_str(), "http:" | "https:") {
        return Err(format!("Only http and https addresses are fetched, not {}", url.protocol()));
    }
    let name = file_name(&url, &wanted.folder);
    progress(name.clone(), 0, 0);
    let init = RequestInit::new();
    init.set_signal(Some(&abort.signal()));
    init.set_credentials(web_sys::RequestCredentials::SameOrigin);
    let response = loop {
        let response = JsFuture::from(dom::window().fetch_with_str_and_init(&url.href(), &init)).await;
        let status = match response.map(JsCast::dyn_into::<Response>) {
            Ok(Ok(response)) if response.ok() => break response,
            Ok(Ok(response)) => format!("{} {}", response.status(), response.status_text()),
            _ if abort.signal().aborted() => return Err("Cancelled.".into()),
            _ => String::new(),
        };
        // The reader knows what the address of a file is where GitHub shows one, and it never names the same again.
        let (fetch, text) = instead(&url, status).await;
        url = Url::new(&text).ok().filter(|_| fetch).ok_or(text)?;
    };
    let length = response.headers().get("content-length").ok().flatten();
    let total = length.and_then(|l| l.parse().ok()).unwrap_or(0);
    let parts = body(&response, |bytes| progress(name.clone(), bytes, total)).await;
    let parts = parts.map_err(|_| {
        if abort.signal().aborted() { "Cancelled.".to_owned() } else { "The connection broke off.".to_owned() }
    })?;
    let blob = Blob::new_with_u8_array_sequence(&parts).map_err(|_| "Not enough memory for it.".to_owned())?;
    Ok((name, blob, url))
}

/// What to do about an address that brought nothing: another address to fetch, or a sentence for the user.
async fn instead(url: &Url, status: String) -> (bool, String) {
    let own = dom::window().location().origin().unwrap_or_default();
    let asked = Request::Unreachable { address: url.href(), own, status: status.trim().to_owned() };
    let said = Rc::new(RefCell::new((false, String::new())));
    let promise = Promise::new(&mut |resolve, _| {
        let said = Rc::clone(&said);
        let Some(client) = open::client() else { return };
        client.ask_reader(asked.clone(), move |answer, _| {
            match answer {
                Answer::Instead { fetch, text } => drop(said.replace((fetch, text))),
                Answer::Failed { text } => drop(said.replace((false, text))),
                _ => {}
            }
            let _ = resolve.call0(&JsValue::NULL);
        });
    });
    let _ = JsFuture::from(promise).await;
    said.take()
}

async fn body(response: &Response, mut progress: impl FnMut(u64)) -> Result<Array, JsValue> {
    let parts = Array::new();
    let Some(stream) = response.body() else { return Ok(parts) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = 0;
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(parts);
        }
        let value: Uint8Array = Reflect::get(&chunk, &"value".into())?.unchecked_into();
        bytes += u64::from(value.length());
        parts.push(&value);
        progress(bytes);
    }
}

/// The name of a file: inside the folder of an index its path there, else the last part of its address.
fn file_name(url: &Url, folder: &str) -> String {
    let path = url.pathname();
    let inside = path.strip_prefix(folder).filter(|inside| !folder.is_empty() && !inside.is_empty());
    let last = inside.or_else(|| path.rsplit('/').find(|part| !part.is_empty())).unwrap_or("report");
    js_sys::decode_uri_component(last).ok().and_then(|name| name.as_string()).unwrap_or_else(|| last.to_owned())
}
