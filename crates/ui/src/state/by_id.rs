//! A map of a few things by number: a sorted list, since each kind of tree would bring its own code.

/// Values by number.
#[derive(Clone, Debug)]
pub struct ById<V>(Vec<(u32, V)>);

impl<V> Default for ById<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> ById<V> {
    fn place(&self, id: u32) -> Result<usize, usize> {
        self.0.binary_search_by_key(&id, |entry| entry.0)
    }

    /// The value of this number.
    pub fn get(&self, id: u32) -> Option<&V> {
        self.place(id).ok().and_then(|at| self.0.get(at)).map(|entry| &entry.1)
    }

    /// The value of this number, to be changed.
    pub fn get_mut(&mut self, id: u32) -> Option<&mut V> {
        let at = self.place(id).ok()?;
        self.0.get_mut(at).map(|entry| &mut entry.1)
    }

    /// Puts a value in; the one that was there is gone.
    pub fn insert(&mut self, id: u32, value: V) {
        match self.get_mut(id) {
            Some(slot) => *slot = value,
            None => {
                let at = self.place(id).unwrap_or_else(|at| at);
                self.0.insert(at, (id, value));
            }
        }
    }

    /// Takes a value out.
    pub fn remove(&mut self, id: u32) -> Option<V> {
        let at = self.place(id).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Everything, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &V)> {
        self.0.iter().map(|(id, value)| (*id, value))
    }

    /// Keeps what satisfies something.
    pub fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        self.0.retain(|entry| keep(&entry.1));
    }

    /// How many there are.
    #[expect(clippy::len_without_is_empty, reason = "nobody asks, and a page carries what is there")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_number() {
        let mut map = ById::default();
        for id in [5, 1, 9, 5] {
            map.insert(id, id * 10);
        }
        map.insert(1, 7);
        assert_eq!(map.iter().map(|(id, v)| (id, *v)).collect::<Vec<_>>(), [(1, 7), (5, 50), (9, 90)]);
        assert_eq!((map.get(5), map.get(2)), (Some(&50), None));
        assert_eq!((map.remove(9), map.remove(2), map.len()), (Some(90), None, 2));
        map.retain(|v| *v == 7);
        assert_eq!(map.len(), 1);
    }
}
