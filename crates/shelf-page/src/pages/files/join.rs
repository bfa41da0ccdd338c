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
}

impl Join {
    /// Reads the value of the key.
    pub fn read(value: Option<&str>) -> Self {
        let mut lines = value.unwrap_or_default().lines();
        let rule = lines.next().filter(|rule| *rule != "auto").unwrap_or_default().to_owned();
        let named = lines.filter_map(|line| line.split_once('\t'));
        Self { rule, named: named.map(|(path, name)| (path.to_owned(), name.to_owned())).collect() }
    }

    /// The value of the key; none for the usual rule.
    pub fn written(&self) -> Option<String> {
        if self.rule.is_empty() && self.named.is_empty() {
            return None;
        }
        let rule = if self.rule.is_empty() { "auto" } else { &self.rule };
        let lines = self.named.iter().map(|(path, name)| format!("\n{path}\t{name}"));
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
}
