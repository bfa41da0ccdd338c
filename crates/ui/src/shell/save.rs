//! Saving a file that was made here.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::shell::dom;

/// After so many milliseconds the browser has taken the file, and its handle is given back.
const TAKEN_MS: u32 = 20_000;

/// Saves bytes under a name.
pub fn bytes(bytes: &[u8], mime: &str, name: &str) {
    let kind = BlobPropertyBag::new();
    kind.set_type(mime);
    if let Ok(whole) = Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(bytes)), &kind) {
        blob(&whole, name);
    }
}

/// Saves a blob under a name. Nothing is sent anywhere: the link names the tab's own memory.
pub fn blob(blob: &Blob, name: &str) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return };
    if let Some(link) = dom::document().create_element("a").ok().and_then(|a| a.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    dom::after(TAKEN_MS, move || {
        let _ = Url::revoke_object_url(&url);
    });
}
