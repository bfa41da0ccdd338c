//! The part of the list that the page holds: some pages of rows around what is on screen.

use std::ops::Range;
use std::sync::Arc;

use crate::state::ById;

/// Rows in a page.
pub const PAGE_ROWS: u32 = 100;
/// Pages kept.
const KEPT: usize = 16;

/// Pages of rows, by number.
#[derive(Clone, Debug)]
pub struct Pages<T> {
    pages: ById<Vec<Arc<T>>>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { pages: ById::default() }
    }
}

impl<T> Pages<T> {
    /// A row, if it is here.
    pub fn get(&self, row: u32) -> Option<Arc<T>> {
        self.pages.get(row / PAGE_ROWS)?.get((row % PAGE_ROWS) as usize).cloned()
    }

    /// Takes a page; those that are farthest from it are let go.
    pub fn put(&mut self, page: u32, rows: Vec<T>) {
        self.pages.insert(page, rows.into_iter().map(Arc::new).collect());
        while self.pages.len() > KEPT {
            let Some(farthest) = self.pages.iter().map(|page| page.0).max_by_key(|p| p.abs_diff(page)) else { return };
            self.pages.remove(farthest);
        }
    }

    /// The first row that satisfies something, among those that are here.
    pub fn find(&self, wanted: impl Fn(&T) -> bool) -> Option<u32> {
        self.pages.iter().find_map(|(page, rows)| {
            let at = rows.iter().position(|row| wanted(row))?;
            Some(page * PAGE_ROWS + at as u32)
        })
    }

    /// The page to ask for next, so that these rows come; those in the middle first.
    pub fn missing(&self, rows: Range<u32>, asked: &[u32]) -> Option<u32> {
        if rows.is_empty() {
            return None;
        }
        let middle = (rows.start + (rows.end - rows.start) / 2) / PAGE_ROWS;
        let pages = rows.start / PAGE_ROWS..=(rows.end - 1) / PAGE_ROWS;
        pages
            .filter(|page| self.pages.get(*page).is_none() && !asked.contains(page))
            .min_by_key(|page| page.abs_diff(middle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: u32) -> Vec<u32> {
        (number * PAGE_ROWS..(number + 1) * PAGE_ROWS).collect()
    }

    #[test]
    fn rows_are_found_where_they_stand() {
        let mut pages = Pages::default();
        pages.put(3, page(3));
        assert_eq!(pages.get(312).as_deref(), Some(&312));
        assert_eq!(pages.get(299), None);
        assert_eq!(pages.find(|row| *row == 377), Some(377));
        assert_eq!(pages.find(|row| *row == 7), None);
    }

    #[test]
    fn what_is_far_away_is_let_go() {
        let mut pages = Pages::default();
        for number in 0..40 {
            pages.put(number, page(number));
        }
        assert_eq!(pages.pages.len(), KEPT);
        assert!(pages.get(3_950).is_some() && pages.get(0).is_none());
        pages.put(0, page(0));
        assert!(pages.get(0).is_some(), "the newest page stays");
    }

    #[test]
    fn missing_pages_are_asked_for_once_and_from_the_middle() {
        let mut pages = Pages::default();
        assert_eq!(pages.missing(0..0, &[]), None);
        assert_eq!(pages.missing(90..120, &[]), Some(1));
        assert_eq!(pages.missing(90..120, &[1]), Some(0));
        pages.put(0, page(0));
        assert_eq!(pages.missing(90..120, &[1]), None);
        assert_eq!(pages.missing(50..350, &[]), Some(2));
    }
}
