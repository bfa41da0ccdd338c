//! Values by names.

use crate::{Interner, StrId};

/// What is known of each name. The names are kept as strings of one table, so a reader that asks for many kinds of
/// values by name brings no table of its own for each.
#[derive(Debug)]
pub struct Named<T> {
    names: Interner,
    /// By id of the name.
    values: Vec<Option<T>>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { names: Interner::default(), values: Vec::new() }
    }
}

impl<T: Default> Named<T> {
    /// The value of a name that was given one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.values.get(self.names.find(name)?.index())?.as_ref()
    }

    /// Changes the value of a name, at first the default.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut T)) {
        let at = self.names.intern(name).index();
        if self.values.len() <= at {
            self.values.resize_with(at + 1, || None);
        }
        if let Some(value) = self.values.get_mut(at) {
            change(value.get_or_insert_default());
        }
    }

    /// As [`Self::get`], to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.values.get_mut(self.names.find(name)?.index())?.as_mut()
    }

    /// Names and values, in the order in which the names came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let named = |(id, value)| Some((self.names.strings().get(StrId(id)), Option::as_ref(value)?));
        (0..).zip(&self.values).filter_map(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_value_once_it_was_given_one() {
        let mut named = Named::<u32>::default();
        named.change("b", |n| *n += 1);
        named.change("a", |n| *n += 2);
        named.change("b", |n| *n += 4);
        assert_eq!((named.get("b"), named.get("a"), named.get("c"), named.get("")), (Some(&5), Some(&2), None, None));
        named.change("", |n| *n = 7);
        *named.get_mut("a").unwrap() = 0;
        assert_eq!(named.iter().collect::<Vec<_>>(), [("", &7), ("b", &5), ("a", &0)]);
    }
}
