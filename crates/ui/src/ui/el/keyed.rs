//! Lists whose elements stay while their keys do.

use std::cell::RefCell;

use leptos::prelude::*;
use web_sys::Node;

use super::El;
use super::child::Child;
use super::live::{ends, follow};

/// An element for each key, in their order. An element is made once, and disposed of when its key is gone.
pub fn keyed<K: PartialEq + Clone + 'static>(
    keys: impl Fn() -> Vec<K> + 'static,
    make: impl Fn(K) -> El + 'static,
) -> impl Child {
    Keyed { keys: Box::new(keys), make: Box::new(make) }
}

struct Keyed<K> {
    keys: Box<dyn Fn() -> Vec<K>>,
    make: Box<dyn Fn(K) -> El>,
}

impl<K: PartialEq + Clone + 'static> Child for Keyed<K> {
    fn put(self, parent: &Node) {
        let (start, end) = ends(parent);
        // Rows are made under the owner of the list: that of a run of the effect ends with the next run.
        let owner = Owner::current();
        // A list holds what is on screen: it is searched from one end to the other.
        let rows = RefCell::new(Vec::<(K, El, Owner)>::new());
        let Self { keys, make } = self;
        follow(move || {
            let keys = keys();
            let mut old = rows.take();
            let mut now = Vec::with_capacity(keys.len());
            for key in keys {
                let row = match old.iter().position(|row| row.0 == key) {
                    Some(at) => old.swap_remove(at),
                    None => {
                        let owner = owner.as_ref().map_or_else(Owner::new, |owner| owner.with(Owner::new));
                        let element = owner.with(|| untrack(|| make(key.clone())));
                        (key, element, owner)
                    }
                };
                now.push(row);
            }
            for (_, element, owner) in old {
                element.0.remove();
                owner.cleanup();
            }
            let Some(parent) = end.parent_node() else { return };
            let mut next = start.next_sibling();
            for (_, element, _) in &now {
                let node: &Node = &element.0;
                if next.as_ref() == Some(node) {
                    next = node.next_sibling();
                } else {
                    let _ = parent.insert_before(node, next.as_ref());
                }
            }
            rows.replace(now);
        });
    }
}
