//! The rule by which files become runs, as the address has it.

/// The key of the address.
pub const JOIN: &str = "join";

/// A rule, and the groups that were named by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Join {
    /// As in `Request::Group`; empty for the usual one.
    pub rule: String,
    /// Paths, each with its group.
    pub named: Vec<(String, String)>,
    /// Groups that stand before the others, in this order.
    pub order: Vec<String>,
}

impl Join {
    /// Reads the value of the key.
    pub fn read(value: Option<&str>) -> Self {
        let mut lines = value.unwrap_or_default().lines();
        let rule = lines.next().filter(|rule| *rule != "auto").unwrap_or_default().to_owned();
        let mut join = Self { rule, ..Self::default() };
        for (path, name) in lines.filter_map(|line| line.split_once('\t')) {
            if path.is_empty() {
                join.order.push(name.to_owned());
            } else {
                join.named.push((path.to_owned(), name.to_owned()));
            }
        }
        join
    }

    /// The value of the key; none for the usual rule.
    pub fn written(&self) -> Option<String> {
        if self.rule.is_empty() && self.named.is_empty() && self.order.is_empty() {
            return None;
        }
        let rule = if self.rule.is_empty() { "auto" } else { &self.rule };
        let named = self.named.iter().map(|(path, name)| (path.as_str(), name));
        let order = self.order.iter().map(|name| ("", name));
        let lines = named.chain(order).map(|(path, name)| format!("\n{path}\t{name}"));
        Some(lines.fold(rule.to_owned(), |all, line| all + &line))
    }

    /// The group of a file that was named by hand; an empty one is taken back.
    pub fn name(&mut self, path: &str, group: &str) {
        let group = group.replace(['\n', '\t'], " ");
        self.named.retain(|(of, _)| of != path);
        if !group.trim().is_empty() {
            self.named.push((path.to_owned(), group.trim().to_owned()));
        }
    }

    /// Moves one of a run's groups, which stand as they are given, to another place. Only as many are put in order as it
    /// takes; those of other runs keep theirs.
    pub fn place(&mut self, groups: &[String], from: usize, to: usize) {
        let mut names = groups.to_vec();
        if from.max(to) >= names.len() {
            return;
        }
        let moved = names.remove(from);
        names.insert(to, moved);
        let placed = names.iter().rposition(|name| self.order.contains(name)).unwrap_or(0);
        names.truncate(placed.max(to) + 1);
        // A name that is no line cannot stand in the address.
        names.retain(|name| !name.contains('\n'));
        self.order.retain(|name| !names.contains(name));
        names.append(&mut self.order);
        self.order = names;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_comes_back_from_the_address() {
        assert_eq!(Join::read(None).written(), None);
        assert_eq!(Join::read(Some("auto")).written(), None);
        assert_eq!(Join::read(Some("folder")).written().as_deref(), Some("folder"));
        let mut join = Join::default();
        join.name("a/b.xml", " linux\t1 ");
        join.name("c.xml", "mac");
        assert_eq!(join.written().as_deref(), Some("auto\na/b.xml\tlinux 1\nc.xml\tmac"));
        assert_eq!(Join::read(join.written().as_deref()), join);
        join.name("a/b.xml", "");
        join.name("c.xml", " ");
        assert_eq!(join.written(), None);
    }

    #[test]
    fn groups_are_moved_and_those_of_other_runs_stay() {
        let groups = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut join = Join { rule: "folder".to_owned(), ..Join::default() };
        join.name("x.xml", "x");
        join.place(&groups(&["api", "ui", "unit", "web"]), 1, 0);
        assert_eq!(join.order, ["ui"]);
        join.place(&groups(&["mac", "win"]), 0, 1);
        assert_eq!(join.order, ["win", "mac", "ui"]);
        join.place(&groups(&["ui", "api", "unit", "web"]), 1, 2);
        assert_eq!(join.order, ["ui", "unit", "api", "win", "mac"]);
        assert_eq!(join.written().as_deref(), Some("folder\nx.xml\tx\n\tui\n\tunit\n\tapi\n\twin\n\tmac"));
        assert_eq!(Join::read(join.written().as_deref()), join);
        join.place(&groups(&["ui"]), 0, 1);
        assert_eq!(join.order.len(), 5);
    }
}
