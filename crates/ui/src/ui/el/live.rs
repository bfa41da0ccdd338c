//! What follows signals.

use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use wasm_bindgen::JsCast;
use web_sys::Node;

use super::child::{Child, add};

/// A value for an attribute; there may be none.
pub trait Value {
    /// The text of the attribute, or nothing.
    fn value(self) -> Option<String>;
}

impl Value for String {
    fn value(self) -> Option<String> {
        Some(self)
    }
}

impl Value for &str {
    fn value(self) -> Option<String> {
        Some(self.to_owned())
    }
}

/// `true` is an attribute without a value, `false` is none.
impl Value for bool {
    fn value(self) -> Option<String> {
        self.then(String::new)
    }
}

impl<V: Value> Value for Option<V> {
    fn value(self) -> Option<String> {
        self.and_then(V::value)
    }
}

/// Does something now, and again whenever a signal that it read has changed, until the current owner is disposed of.
pub fn follow(work: impl FnMut() + 'static) {
    // One piece of code for all of them.
    fn run(mut work: Box<dyn FnMut()>) {
        let effect = RenderEffect::new(move |_: Option<()>| work());
        let _ = StoredValue::new_local(effect);
    }
    run(Box::new(work));
}

/// Does something once what is made now stands in the page, and again whenever a signal that it read has changed,
/// until the current owner is disposed of.
pub fn later(work: impl FnMut() + 'static) {
    fn run(mut work: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| work());
    }
    run(Box::new(work));
}

/// Contents that are made anew when a signal that they read has changed.
pub struct Live(Box<dyn FnMut(&Node)>);

/// Contents that are made anew when a signal that they read has changed.
pub fn live<C: Child>(make: impl Fn() -> C + 'static) -> Live {
    Live(Box::new(move |parent| make().put(parent)))
}

/// Contents that are there while something holds.
pub fn when<C: Child>(holds: impl Fn() -> bool + Send + Sync + 'static, make: impl Fn() -> C + 'static) -> Live {
    let holds = memo(Box::new(holds));
    live(move || holds.get().then(|| untrack(&make)))
}

/// One piece of code for all of them.
fn memo(holds: Box<dyn Fn() -> bool + Send + Sync>) -> Memo<bool> {
    Memo::new(move |_| holds())
}

impl Child for Live {
    fn put(self, parent: &Node) {
        let (start, end) = ends(parent);
        let mut make = self.0;
        follow(move || {
            let made = document().create_document_fragment();
            make(made.unchecked_ref());
            clear(&start, &end);
            if let Some(parent) = end.parent_node() {
                let _ = parent.insert_before(&made, Some(&end));
            }
        });
    }
}

/// Two marks in the page, between which something lives.
pub(super) fn ends(parent: &Node) -> (Node, Node) {
    let mark = || document().create_comment("").unchecked_into::<Node>();
    let (start, end) = (mark(), mark());
    add(parent, &start);
    add(parent, &end);
    (start, end)
}

fn clear(start: &Node, end: &Node) {
    while let Some(node) = start.next_sibling().filter(|node| node != end) {
        let Some(parent) = node.parent_node() else { return };
        if parent.remove_child(&node).is_err() {
            return;
        }
    }
}
