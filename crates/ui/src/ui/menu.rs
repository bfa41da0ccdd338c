//! A button that opens a menu of things to do.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, KeyboardEvent, Node};

use crate::shell::dom;
use crate::ui::el::{El, div, el, span};
use crate::ui::icon;

/// A menu: the button's name, then a word for each item (its `data-item`), its name and what it is. `chosen` takes the
/// item's word.
pub fn menu(name: &str, items: &[(&str, &str, &str)], chosen: impl Fn(&str) + 'static) -> El {
    made(name, items, Rc::new(chosen))
}

fn made(name: &str, items: &[(&str, &str, &str)], chosen: Rc<dyn Fn(&str)>) -> El {
    let button = el("button", "button small menu-button").attr("type", "button").attr("aria-haspopup", "menu");
    let button = button.attr("aria-expanded", "false").with((name, icon("down")));
    let list = div("menu-list").attr("role", "menu").attr("aria-label", name).attr_if("hidden", true);
    let list = items.iter().fold(list, |list, &(word, title, what)| {
        let item = el("button", "menu-item").attr("type", "button").attr("role", "menuitem").attr("tabindex", "-1");
        list.with(item.attr("data-item", word).with((span("").with(title), span("quiet").with(what))))
    });
    let parts = Parts { button: button.html(), list: list.html() };
    let (pressed, keyed, left, picked) = (parts.clone(), parts.clone(), parts.clone(), parts);
    let list = list.on("click", move |event: Event| {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let item = target.and_then(|t| t.closest("[data-item]").ok().flatten());
        if let Some(word) = item.and_then(|item| item.get_attribute("data-item")) {
            picked.close(true);
            chosen(&word);
        }
    });
    let button =
        button.on("click", move |_: Event| if pressed.is_open() { pressed.close(true) } else { pressed.open(0) });
    let whole = div("menu").with((button, list));
    let node: Node = whole.as_node();
    whole
        .on("keydown", move |event: KeyboardEvent| {
            if keyed.key(&event.key()) {
                event.prevent_default();
                event.stop_propagation();
            }
        })
        .on("focusout", move |event: FocusEvent| {
            let to = event.related_target().and_then(|t| t.dyn_into::<Node>().ok());
            if !node.contains(to.as_ref()) {
                left.close(false);
            }
        })
}

#[derive(Clone)]
struct Parts {
    button: HtmlElement,
    list: HtmlElement,
}

impl Parts {
    fn is_open(&self) -> bool {
        !self.list.has_attribute("hidden")
    }

    fn open(&self, at: i32) {
        let _ = self.list.remove_attribute("hidden");
        let _ = self.button.set_attribute("aria-expanded", "true");
        self.focus(at);
    }

    fn close(&self, back: bool) {
        let _ = self.list.set_attribute("hidden", "");
        let _ = self.button.set_attribute("aria-expanded", "false");
        if back {
            let _ = self.button.focus();
        }
    }

    /// Focuses an item; the first comes after the last.
    fn focus(&self, at: i32) {
        let items = self.list.children();
        let item = items.item(at.rem_euclid(items.length().max(1) as i32) as u32);
        if let Some(item) = item.and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
            let _ = item.focus();
        }
    }

    /// The item that has the focus.
    fn at(&self) -> i32 {
        let (items, now) = (self.list.children(), dom::document().active_element());
        (0..items.length()).find(|&i| items.item(i) == now).map_or(-1, |i| i as i32)
    }

    fn key(&self, key: &str) -> bool {
        match (key, self.is_open()) {
            ("ArrowDown", false) => self.open(0),
            ("ArrowUp", false) => self.open(-1),
            ("ArrowDown", true) => self.focus(self.at() + 1),
            ("ArrowUp", true) => self.focus((self.at() - 1).max(-1)),
            ("Home", true) => self.focus(0),
            ("End", true) => self.focus(-1),
            ("Escape", true) => self.close(true),
            _ => return false,
        }
        true
    }
}
