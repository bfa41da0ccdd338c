//! Text in columns.

/// A table: a column of names on the left, columns of numbers behind it.
#[derive(Default)]
pub(crate) struct Table {
    names: Column,
    numbers: Vec<Column>,
}

#[derive(Default)]
struct Column {
    title: String,
    /// Columns with a higher number are left out first; 0 never.
    dispensable: u8,
    cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        self.cells.iter().chain([&self.title]).map(|c| c.chars().count()).max().unwrap_or(0)
    }
}

const GAP: usize = 2;
const SHORTEST_NAME: usize = 16;

impl Table {
    pub(crate) fn names(&mut self, title: &str, cells: impl Iterator<Item = String>) {
        self.names = Column { title: title.to_owned(), dispensable: 0, cells: cells.collect() };
    }

    /// Adds a column; one without any content is not shown.
    pub(crate) fn numbers(&mut self, title: &str, dispensable: u8, cells: impl Iterator<Item = String>) {
        let column = Column { title: title.to_owned(), dispensable, cells: cells.collect() };
        if column.cells.iter().any(|c| !c.is_empty()) {
            self.numbers.push(column);
        }
    }

    /// The table in this many columns of the terminal, if it can be.
    pub(crate) fn render(mut self, width: usize) -> String {
        let numbers_width = |columns: &[Column]| columns.iter().map(|c| c.width() + GAP).sum::<usize>();
        let least_name = self.names.width().min(SHORTEST_NAME);
        while least_name + numbers_width(&self.numbers) > width {
            let last = self.numbers.iter().enumerate().filter(|(_, c)| c.dispensable > 0);
            let Some((at, _)) = last.max_by_key(|(_, c)| c.dispensable) else { break };
            self.numbers.remove(at);
        }
        let room = width.saturating_sub(numbers_width(&self.numbers)).max(least_name);
        let name_width = self.names.width().min(room);
        // A width looks at all cells.
        let widths: Vec<usize> = self.numbers.iter().map(|column| column.width() + GAP).collect();
        let mut text = String::new();
        for row in 0..=self.names.cells.len() {
            let cell = |c: &Column| match row.checked_sub(1) {
                None => c.title.clone(),
                Some(row) => c.cells.get(row).cloned().unwrap_or_default(),
            };
            let mut line = format!("{:name_width$}", clip_middle(&cell(&self.names), name_width));
            for (column, &width) in self.numbers.iter().zip(&widths) {
                line.push_str(&format!("{:>width$}", cell(column)));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// The text in at most `width` characters: what tells two paths apart stands at both of their ends.
pub(crate) fn clip_middle(text: &str, width: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let head = kept / 2;
    let tail = kept - head;
    let start = chars.iter().take(head);
    let end = chars.iter().skip(chars.len() - tail);
    start.chain(['…'].iter()).chain(end).collect()
}

/// The text in lines of at most `width` characters where its blanks allow; no-break spaces become blanks.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(&word.replace('\u{a0}', " "));
            used += length;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::default();
        table.names("run", ["a/very/long/name/of/a/run.xml", "b"].into_iter().map(str::to_owned));
        table.numbers("tests", 0, ["12", "3"].into_iter().map(str::to_owned));
        table.numbers("nothing", 0, ["", ""].into_iter().map(str::to_owned));
        table.numbers("skipped", 5, ["1", ""].into_iter().map(str::to_owned));
        table
    }

    #[test]
    fn numbers_stand_right_and_empty_columns_are_left_out() {
        let text = table().render(80);
        assert_eq!(
            text,
            "run                            tests  skipped\n\
             a/very/long/name/of/a/run.xml     12        1\n\
             b                                  3\n"
        );
    }

    #[test]
    fn a_narrow_terminal_loses_what_is_least_needed() {
        assert_eq!(
            table().render(24),
            "run                tests\na/very/l…/run.xml     12\nb                      3\n"
        );
    }

    #[test]
    fn lines_break_at_blanks_only() {
        assert_eq!(wrap("on average 2.9\u{a0}s at a time", 14), ["on average", "2.9 s at a", "time"]);
    }
}
