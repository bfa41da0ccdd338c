//! The order of a run's groups.

use std::cmp::Ordering;

use crate::order::places;
use crate::tables::of_test;
use crate::{Group, GroupId, Tables, natural_cmp};

impl Tables {
    /// Name of a group.
    #[must_use]
    pub fn group_name(&self, group: GroupId) -> &str {
        self.groups.get(group.index()).map_or("", |g| self.strings.get(g.name))
    }

    /// The order in which groups of these names come first, and the others by name after them: for each place the group
    /// that stands there. `None` where they stand in that order already.
    #[must_use]
    pub fn groups_first(&self, names: &[&str]) -> Option<Vec<u32>> {
        let name = |at: usize| self.group_name(GroupId(at as u32));
        let rank: Vec<usize> = (0..self.groups.len())
            .map(|at| names.iter().position(|first| *first == name(at)).unwrap_or(usize::MAX))
            .collect();
        let order = places(self.groups.len(), &|a, b| match rank.get(a).cmp(&rank.get(b)) {
            Ordering::Equal => natural_cmp(name(a), name(b)),
            order => order,
        });
        (!order.is_sorted()).then_some(order)
    }

    /// Brings the groups into an order, as [`Self::groups_first`] gives it.
    pub fn order_groups(&mut self, order: &[u32]) {
        let groups: Vec<Group> = order.iter().filter_map(|&at| self.groups.get(at as usize).copied()).collect();
        let mut place = vec![GroupId::NONE; self.groups.len()];
        for (new, &old) in (0..).zip(order) {
            if let Some(slot) = place.get_mut(old as usize) {
                *slot = GroupId(new);
            }
        }
        let of = |group: GroupId| place.get(group.index()).copied().unwrap_or(GroupId::NONE);
        let of_tests = &mut self.tests.numbers[of_test::GROUP];
        self.groups = groups;
        of_tests.iter_mut().for_each(|group| *group = of(GroupId(*group)).0);
        for job in &mut self.jobs {
            job.group = job.group.and_then(|group| of(group).some());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Run, RunBuilder};

    fn run(names: &[&str]) -> Run {
        let mut builder = RunBuilder::new();
        for name in names {
            let group = builder.group(name);
            builder.test(Some(group), name, 0);
        }
        builder.test(None, "free", 0);
        builder.finish()
    }

    fn names(run: &Run) -> Vec<&str> {
        run.groups.iter().map(|group| run.strings.get(group.name)).collect()
    }

    #[test]
    fn groups_stand_by_name_until_somebody_puts_them_in_an_order() {
        let mut run = run(&["py12", "py9", "api"]);
        assert_eq!(names(&run), ["api", "py9", "py12"]);
        assert_eq!(run.groups_first(&[]), None);
        assert_eq!(run.groups_first(&["api", "elsewhere"]), None);
        let order = run.groups_first(&["elsewhere", "py12", "api"]);
        run.tables_mut().order_groups(&order.unwrap_or_default());
        assert_eq!(names(&run), ["py12", "api", "py9"]);
        for test in run.tests.ids() {
            let group = run.tests.group(test).map_or("free", |group| run.group_name(group));
            assert_eq!(group, run.test_id(test));
        }
    }
}
