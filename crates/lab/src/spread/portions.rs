//! Parts of a run's time, each with its share and the share of all before it.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lanescope_model::order::sort;
use lanescope_model::us_to_s;
use lanescope_protocol::Portion;

/// Times by name, in the order in which names come.
#[derive(Default)]
pub(super) struct Sums<'a> {
    places: HashMap<&'a str, usize, FixedState>,
    sums: Vec<(&'a str, i64, u32)>,
}

impl<'a> Sums<'a> {
    pub(super) fn add(&mut self, name: &'a str, us: i64) {
        let at = *self.places.entry(name).or_insert_with(|| {
            self.sums.push((name, 0, 0));
            self.sums.len() - 1
        });
        if let Some(sum) = self.sums.get_mut(at) {
            (sum.1, sum.2) = (sum.1.saturating_add(us), sum.2 + 1);
        }
    }

    /// The ones with most time first, `top` of them; shares are those of `whole_us`.
    pub(super) fn portions(self, whole_us: i64, top: usize) -> Vec<Portion> {
        let all = self.sums.into_iter().map(|(name, us, attempts)| (name.to_owned(), us, attempts));
        portions(all.collect(), whole_us, top)
    }
}

/// Names with microseconds and attempts as portions, the ones with most time first, `top` of them.
pub(super) fn portions(mut all: Vec<(String, i64, u32)>, whole_us: i64, top: usize) -> Vec<Portion> {
    sort(&mut all, &|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(top);
    in_order(all, whole_us)
}

/// The same, in the order given.
pub(super) fn in_order(all: Vec<(String, i64, u32)>, whole_us: i64) -> Vec<Portion> {
    let mut before = 0_i64;
    let share = |us: i64| if whole_us > 0 { us as f64 / whole_us as f64 } else { 0.0 };
    let portion = |(name, us, attempts): (String, i64, u32)| {
        before = before.saturating_add(us);
        Portion { name, attempts, seconds: us_to_s(us), share: share(us), cumulative: Some(share(before)) }
    };
    all.into_iter().map(portion).collect()
}
