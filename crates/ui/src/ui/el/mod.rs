//! Elements of the page, made one by one.
//!
//! A view written with `view!` is a type of its own, and each such type brings its own code to build, update and
//! remove it: half of the page's wasm. Here an element is a handle to the browser's node, and every view is made by
//! the same few functions, which take names and values. What changes follows leptos' signals: a `live_…` part runs
//! again when a signal that it read has changed, and is disposed of with the owner that it was made under.
//!
//! Text is always text: there is no way to make markup of it.

mod child;
mod keyed;
mod live;
mod view;

use leptos::prelude::document;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

pub use child::{Child, Nodes, nodes};
pub use keyed::keyed;
pub use live::{Live, Value, follow, later, live, when};

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element; clones are handles to the same one.
#[derive(Clone, Debug, PartialEq)]
pub struct El(Element);

/// A new element of HTML, with classes (none where empty).
pub fn el(tag: &str, class: &str) -> El {
    let node = document().create_element(tag);
    let element = El(node.unwrap_or_else(|error| wasm_bindgen::throw_val(error)));
    if class.is_empty() { element } else { element.attr("class", class) }
}

/// A new element of SVG.
pub fn svg(tag: &str) -> El {
    let node = document().create_element_ns(Some(SVG), tag);
    El(node.unwrap_or_else(|error| wasm_bindgen::throw_val(error)))
}

/// A `div`.
pub fn div(class: &str) -> El {
    el("div", class)
}

/// A `span`.
pub fn span(class: &str) -> El {
    el("span", class)
}

/// A button that does something.
pub fn button(class: &str, mut pressed: impl FnMut() + 'static) -> El {
    el("button", class).attr("type", "button").on("click", move |_: Event| pressed())
}

impl El {
    /// The browser's node.
    pub fn node(&self) -> &Element {
        &self.0
    }

    /// The browser's node, as what it is known to be (a canvas, an input).
    pub fn as_node<T: JsCast>(&self) -> T {
        self.0.clone().unchecked_into()
    }

    /// The browser's node, as an element of HTML.
    pub fn html(&self) -> HtmlElement {
        self.as_node()
    }

    /// Sets an attribute.
    pub fn attr(self, name: &str, value: impl AsRef<str>) -> Self {
        set(&self.0, name, Some(value.as_ref()));
        self
    }

    /// Sets an attribute where there is a value for it.
    pub fn attr_opt(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        if let Some(value) = value {
            set(&self.0, name, Some(value.as_ref()));
        }
        self
    }

    /// Sets an attribute without a value where it holds.
    pub fn attr_if(self, name: &str, holds: bool) -> Self {
        if holds {
            set(&self.0, name, Some(""));
        }
        self
    }

    /// Adds a class where it holds.
    pub fn class_if(self, class: &str, holds: bool) -> Self {
        if holds {
            let _ = self.0.class_list().add_1(class);
        }
        self
    }

    /// Sets a property of its style.
    pub fn style(self, name: &str, value: impl AsRef<str>) -> Self {
        style(&self.0, name, value.as_ref());
        self
    }

    /// Puts something into it, after what is there.
    pub fn with(self, child: impl Child) -> Self {
        child.put(&self.0);
        self
    }

    /// Listens to an event, for as long as the element is there.
    pub fn on<E: JsCast + 'static>(self, name: &str, mut heard: impl FnMut(E) + 'static) -> Self {
        listen(&self.0, name, Box::new(move |event: Event| heard(event.unchecked_into())));
        self
    }

    /// Attribute that follows signals; it is taken away while there is no value.
    pub fn live_attr<V: Value>(self, name: &'static str, value: impl Fn() -> V + 'static) -> Self {
        let node = self.0.clone();
        follow(move || set(&node, name, value().value().as_deref()));
        self
    }

    /// Property of its style that follows signals.
    pub fn live_style(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        let node = self.0.clone();
        follow(move || style(&node, name, &value()));
        self
    }

    /// Text that follows signals; it is all that the element holds.
    pub fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        let node = self.0.clone();
        follow(move || node.set_text_content(Some(&text())));
        self
    }

    /// Contents that are made anew when a signal that they read has changed.
    pub fn live<C: Child>(self, make: impl Fn() -> C + 'static) -> Self {
        self.with(live(make))
    }
}

fn set(node: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => node.set_attribute(name, value),
        None => node.remove_attribute(name),
    };
}

fn style(node: &Element, name: &str, value: &str) {
    let _ = node.unchecked_ref::<HtmlElement>().style().set_property(name, value);
}

fn listen(node: &Element, name: &str, heard: Box<dyn FnMut(Event)>) {
    // As a value of the browser's, the closure is freed with the element.
    let heard: JsValue = Closure::wrap(heard).into_js_value();
    let _ = node.add_event_listener_with_callback(name, heard.unchecked_ref());
}
