//! Lists whose elements stay while their keys do.

use std::cell::RefCell;
use std::collections::BTreeMap;

use leptos::prelude::*;
use web_sys::Node;

use super::El;
use super::child::Child;
use super::live::{ends, follow};

/// An element for each key, in their order. An element is made once, and disposed of when its key is gone.
pub fn keyed<K: Ord + Clone + 'static>(
    keys: impl Fn() -> Vec<K> + 'static,
    make: impl Fn(K) -> El + 'static,
) -> impl Child {
    Keyed { keys: Box::new(keys), make: Box::new(make) }
}

struct Keyed<K> {
    keys: Box<dyn Fn() -> Vec<K>>,
    make: Box<dyn Fn(K) -> El>,
}

impl<K: Ord + Clone + 'static> Child for Keyed<K> {
    fn put(self, parent: &Node) {
        let (start, end) = ends(parent);
        // Rows are made under the owner of the list: that of a run of the effect ends with the next run.
        let owner = Owner::current();
        let rows = RefCell::new(BTreeMap::<K, (El, Owner)>::new());
        let Self { keys, make } = self;
        follow(move || {
            let keys = keys();
            let mut rows = rows.borrow_mut();
            let mut kept = BTreeMap::new();
            let made = |key: &K| {
                let owner = owner.as_ref().map_or_else(Owner::new, |owner| owner.with(Owner::new));
                let element = owner.with(|| untrack(|| make(key.clone())));
                (element, owner)
            };
            for key in &keys {
                if let Some(row) = rows.remove(key) {
                    kept.insert(key.clone(), row);
                }
            }
            for (_, (element, owner)) in std::mem::take(&mut *rows) {
                element.0.remove();
                owner.cleanup();
            }
            let Some(parent) = end.parent_node() else { return };
            let mut next = start.next_sibling();
            for key in keys {
                let (element, _) = kept.entry(key.clone()).or_insert_with(|| made(&key));
                let node: &Node = &element.0;
                if next.as_ref() == Some(node) {
                    next = node.next_sibling();
                } else {
                    let _ = parent.insert_before(node, next.as_ref());
                }
            }
            *rows = kept;
        });
    }
}
