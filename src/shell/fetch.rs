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
    /// Whether the user stopped it.
    pub cancelled: bool,
}

thread_local! {
    static ABORT: RefCell<Option<AbortController>> = const { RefCell::new(None) };
}

/// Stops fetching.
pub fn cancel() {
    if let Some(abort) = ABORT.with(|slot| slot.borrow_mut().take()) {
        abort.abort();
    }
}

/// Fetches one address after the other. `progress` gets name, bytes so far, bytes in all (0 if not known) and
/// the number of addresses done; `done` what came and what did not.
pub fn all(
    addresses: Vec<String>,
    mut progress: impl FnMut(String, u64, u64, u32) + 'static,
    done: impl FnOnce(Vec<(String, Blob)>, Vec<Problem>) + 'static,
) {
    cancel();
    let Ok(abort) = AbortController::new() else { return };
    ABORT.with(|slot| *slot.borrow_mut() = Some(abort.clone()));
    spawn_local(async move {
        let mut came = Vec::new();
        let mut problems = Vec::new();
        for (i, address) in addresses.into_iter().enumerate() {
            match one(&address, &abort, |name, bytes, total| progress(name, bytes, total, i as u32)).await {
                Ok(file) => came.push(file),
                Err(text) => problems.push(Problem { address, text, cancelled: abort.signal().aborted() }),
            }
            if abort.signal().aborted() {
                break;
            }
        }
        done(came, problems);
    });
}

async fn one(
    address: &str,
    abort: &AbortController,
    mut progress: impl FnMut(String, u64, u64),
) -> Result<(String, Blob), String> {
    let base = dom::document().base_uri().ok().flatten().unwrap_or_default();
    let mut url = Url::new_with_base(address, &base).map_err(|_| "This is no address.".to_owned())?;
    if !matches!(url.protocol().as_str(), "http:" | "https:") {
        return Err(format!("Only http and https addresses are fetched, not {}", url.protocol()));
    }
    let name = file_name(&url);
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
        // The engine knows what the address of a file is where GitHub shows one, and it never names the same again.
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
    Ok((name, blob))
}

/// What to do about an address that brought nothing: another address to fetch, or a sentence for the user.
async fn instead(url: &Url, status: String) -> (bool, String) {
    let own = dom::window().location().origin().unwrap_or_default();
    let asked = Request::Unreachable { address: url.href(), own, status: status.trim().to_owned() };
    let said = Rc::new(RefCell::new((false, String::new())));
    let promise = Promise::new(&mut |resolve, _| {
        let said = Rc::clone(&said);
        open::ask(asked.clone(), move |answer, _| {
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

fn file_name(url: &Url) -> String {
    let path = url.pathname();
    let last = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("report");
    js_sys::decode_uri_component(last).ok().and_then(|name| name.as_string()).unwrap_or_else(|| last.to_owned())
}
