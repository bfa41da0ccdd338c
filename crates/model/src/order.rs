//! Sorting, each way of it once: a sort for every type and every key would be a tenth of the engine's code.

use std::cmp::Ordering;

/// What [`by_keys`] sorts: two numbers to order by, a row, and a number that travels along (or orders further).
pub type Keyed = (i64, i64, u32, u32);

/// Sorts by first, second, third and fourth number. With the row as the third the order is total, and so the same
/// as that of a stable sort.
pub fn by_keys(items: &mut [Keyed]) {
    items.sort_unstable();
}

/// Sorts numbers; runs that are in order already are found and merged.
pub fn numbers(items: &mut [i64]) {
    items.sort();
}

/// Sorts rows, or any other numbers, by what `compare` says of two of them; equal ones stay as they are.
pub fn by(rows: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    rows.sort_by(|&a, &b| compare(a, b));
}

/// The places of `len` items in the order that `compare` says; equal ones stay as they are.
#[must_use]
pub fn places(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut places: Vec<u32> = (0..len as u32).collect();
    by(&mut places, &|a, b| compare(a as usize, b as usize));
    places
}

/// Brings items into the order that `compare` says; equal ones stay as they are.
pub fn sort<T>(items: &mut Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) {
    let order = places(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.iter().filter_map(|&at| taken.get_mut(at as usize)?.take()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn items_are_sorted_as_the_standard_library_does(items in prop::collection::vec((0_u8..20, any::<u8>()), 0..200)) {
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            let mut got = items.clone();
            sort(&mut got, &|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(&got, &expected);
            let row = |(i, item): (usize, &(u8, u8))| (i64::from(item.0), 0, i as u32, u32::from(item.1));
            let mut keyed: Vec<Keyed> = items.iter().enumerate().map(row).collect();
            by_keys(&mut keyed);
            let keyed: Vec<(u8, u8)> = keyed.iter().map(|k| (k.0 as u8, k.3 as u8)).collect();
            prop_assert_eq!(&keyed, &expected);
        }
    }
}
