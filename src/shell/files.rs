//! Files and folders from the picker and from a drop.

use js_sys::{Array, Promise};
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, DataTransfer, DragEvent, Event, File, FileList, FileSystemDirectoryEntry, FileSystemEntry,
    FileSystemFileEntry, HtmlInputElement,
};

use crate::shell::{dom, open};
use crate::state::App;

/// Files beyond this number in one folder are left out: a dropped home folder must not hang the page.
const MAX_FILES: usize = 20_000;

/// Opens what a picker holds, and empties it so that the same file can be chosen again.
pub fn picked(app: App, event: &Event) {
    let Some(input) = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok()) else { return };
    if let Some(list) = input.files() {
        open::files(app, listed(&list));
    }
    input.set_value("");
}

fn listed(list: &FileList) -> Vec<(String, Blob)> {
    (0..list.length()).filter_map(|i| list.get(i)).map(|file| (path_of(&file), file.into())).collect()
}

/// A file chosen with its folder carries the path; others only their name.
fn path_of(file: &File) -> String {
    let relative = js_sys::Reflect::get(file, &"webkitRelativePath".into()).ok().and_then(|p| p.as_string());
    relative.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
}

/// Takes drops anywhere on the page.
pub fn take_drops(app: App) {
    let window = dom::window();
    // Only files are taken over; dragging text inside the page stays the browser's.
    let has_files =
        |event: &DragEvent| event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0));
    dom::listen::<DragEvent>(&window, "dragover", move |event| {
        if has_files(&event) {
            event.prevent_default();
            app.dragging.set(true);
        }
    });
    dom::listen::<DragEvent>(&window, "dragleave", move |event| {
        // Leaving for nothing is leaving the window.
        if event.related_target().is_none() {
            app.dragging.set(false);
        }
    });
    dom::listen::<DragEvent>(&window, "drop", move |event| {
        app.dragging.set(false);
        let Some(data) = event.data_transfer() else { return };
        if has_files(&event) {
            event.prevent_default();
            dropped(app, &data);
        }
    });
}

fn dropped(app: App, data: &DataTransfer) {
    // Entries must be taken before the first await: the list is emptied when the event is over.
    let items = data.items();
    let entries: Vec<FileSystemEntry> =
        (0..items.length()).filter_map(|i| items.get(i)?.webkit_get_as_entry().ok().flatten()).collect();
    if entries.is_empty() {
        if let Some(list) = data.files() {
            open::files(app, listed(&list));
        }
        return;
    }
    spawn_local(async move {
        let mut files = Vec::new();
        let mut stack: Vec<(String, FileSystemEntry)> = entries.into_iter().rev().map(|e| (e.name(), e)).collect();
        while let Some((path, entry)) = stack.pop() {
            if files.len() >= MAX_FILES {
                app.say("warning", None, format!("Only the first {MAX_FILES} files of the folder are opened."));
                break;
            }
            if entry.is_file() {
                match file_of(entry.unchecked_ref()).await {
                    Ok(file) => files.push((path, file)),
                    Err(_) => app.say("error", Some(path), "The browser could not read this file."),
                }
            } else if entry.is_directory() {
                match children(entry.unchecked_ref()).await {
                    Ok(mut inner) => {
                        inner.sort_by_key(|e| std::cmp::Reverse(e.name()));
                        stack.extend(inner.into_iter().map(|e| (format!("{path}/{}", e.name()), e)));
                    }
                    Err(_) => app.say("error", Some(path), "The browser could not read this folder."),
                }
            }
        }
        open::files(app, files);
    });
}

async fn file_of(entry: &FileSystemFileEntry) -> Result<Blob, JsValue> {
    let entry = entry.clone();
    let promise = Promise::new(&mut |resolve, reject| {
        entry.file_with_callback_and_callback(&resolve, &reject);
    });
    JsFuture::from(promise).await.map(JsCast::unchecked_into)
}

/// A directory's reader gives its children in portions; an empty one is the end.
async fn children(entry: &FileSystemDirectoryEntry) -> Result<Vec<FileSystemEntry>, JsValue> {
    let reader = entry.create_reader();
    let mut all = Vec::new();
    loop {
        let promise = Promise::new(&mut |resolve, reject| {
            let _ = reader.read_entries_with_callback_and_callback(&resolve, &reject);
        });
        let portion: Array = JsFuture::from(promise).await?.unchecked_into();
        if portion.length() == 0 || all.len() >= MAX_FILES {
            return Ok(all);
        }
        all.extend(portion.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
    }
}

/// Watches colour scheme and pixel density, which canvases read.
pub fn watch_repaint(app: App) {
    let changed = Closure::<dyn FnMut()>::new(move || app.repaint.update(|n| *n += 1));
    if let Ok(Some(query)) = dom::window().match_media("(prefers-color-scheme: dark)") {
        let _ = query.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    }
    changed.forget();
}
