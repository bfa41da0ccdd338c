//! What can stand in an element.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{DocumentFragment, Node};

use super::El;

/// Something that can be put into an element.
pub trait Child {
    /// Puts it in, after what is there.
    fn put(self, parent: &Node);
}

fn text(parent: &Node, text: &str) {
    add(parent, &document().create_text_node(text));
}

/// Puts a node into another, after what is there.
pub(super) fn add(parent: &Node, node: &Node) {
    let _ = parent.append_child(node);
}

impl Child for El {
    fn put(self, parent: &Node) {
        add(parent, &self.0);
    }
}

impl Child for &El {
    fn put(self, parent: &Node) {
        add(parent, &self.0);
    }
}

impl Child for &str {
    fn put(self, parent: &Node) {
        text(parent, self);
    }
}

impl Child for String {
    fn put(self, parent: &Node) {
        text(parent, &self);
    }
}

impl Child for &String {
    fn put(self, parent: &Node) {
        text(parent, self);
    }
}

impl Child for () {
    fn put(self, _: &Node) {}
}

impl<C: Child> Child for Option<C> {
    fn put(self, parent: &Node) {
        if let Some(child) = self {
            child.put(parent);
        }
    }
}

impl<C: Child> Child for Vec<C> {
    fn put(self, parent: &Node) {
        self.into_iter().for_each(|child| child.put(parent));
    }
}

impl<C: Child, const N: usize> Child for [C; N] {
    fn put(self, parent: &Node) {
        self.into_iter().for_each(|child| child.put(parent));
    }
}

macro_rules! several {
    ($($name:ident)+) => {
        impl<$($name: Child),+> Child for ($($name,)+) {
            fn put(self, parent: &Node) {
                #[expect(non_snake_case, reason = "a variable for each type")]
                let ($($name,)+) = self;
                $($name.put(parent);)+
            }
        }
    };
}

several!(A B);
several!(A B C);
several!(A B C D);
several!(A B C D E);
several!(A B C D E F);

/// Some nodes without an element around them: one type for whatever a branch shows.
pub struct Nodes(DocumentFragment);

/// Something to be put in later.
pub fn nodes(child: impl Child) -> Nodes {
    let fragment = document().create_document_fragment();
    child.put(fragment.unchecked_ref());
    Nodes(fragment)
}

impl Child for Nodes {
    fn put(self, parent: &Node) {
        add(parent, &self.0);
    }
}
