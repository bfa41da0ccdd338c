//! An element inside a `view!`: leptos mounts it like one of its own.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use send_wrapper::SendWrapper;

use super::El;

/// An element as a view of leptos'. It is made once, and follows signals by itself.
pub struct Made(SendWrapper<Element>);

impl El {
    /// The element as a view, to stand in a `view!`.
    pub fn view(self) -> Made {
        Made(SendWrapper::new(self.0))
    }
}

/// The element in its place.
pub struct Placed(SendWrapper<Element>);

impl Mountable for Placed {
    fn unmount(&mut self) {
        self.0.remove();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        let _ = parent.insert_before(&self.0, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.0.parent_element();
        parent.is_some_and(|parent| {
            child.mount(&parent, Some(&self.0));
            true
        })
    }

    fn elements(&self) -> Vec<Element> {
        vec![Element::clone(&self.0)]
    }
}

impl Render for Made {
    type State = Placed;

    fn build(self) -> Placed {
        Placed(self.0)
    }

    fn rebuild(self, placed: &mut Placed) {
        let _ = placed.0.replace_with_with_node_1(&self.0);
        placed.0 = self.0;
    }
}

impl AddAnyAttr for Made {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

// There is no server: what would be sent by one is never asked for.
impl RenderHtml for Made {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Placed {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
