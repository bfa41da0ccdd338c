//! Names in the order in which people count.

use std::cmp::Ordering;

/// Orders names with the numbers in them by value: `gw2` before `gw10`.
#[must_use]
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    // Identities share long beginnings, so what is equal is passed over first; a number that begins in it and
    // goes on behind it is taken as a whole.
    let same = common(x, y);
    let number_before = x.iter().take(same).rev().take_while(|c| c.is_ascii_digit()).count();
    let mut at = (same - number_before, same - number_before);
    loop {
        let (Some(&p), Some(&q)) = (x.get(at.0), y.get(at.1)) else {
            return (x.len() - at.0).cmp(&(y.len() - at.1)).then_with(|| a.cmp(b));
        };
        if p.is_ascii_digit() && q.is_ascii_digit() {
            let (n, m) = (number(x, at.0), number(y, at.1));
            let value = |digits: &[u8]| digits.iter().take_while(|&&d| d == b'0').count();
            let (v, w) = (n.get(value(n)..).unwrap_or_default(), m.get(value(m)..).unwrap_or_default());
            match v.len().cmp(&w.len()).then_with(|| v.cmp(w)) {
                Ordering::Equal => at = (at.0 + n.len(), at.1 + m.len()),
                order => return order,
            }
        } else if p == q {
            at = (at.0 + 1, at.1 + 1);
        } else {
            return p.cmp(&q);
        }
    }
}

/// How many bytes two texts have in common at their beginning, looked at eight at a time.
fn common(x: &[u8], y: &[u8]) -> usize {
    let (eights_x, eights_y) = (x.as_chunks::<8>().0, y.as_chunks::<8>().0);
    let at = eights_x.iter().zip(eights_y).take_while(|(p, q)| p == q).count() * 8;
    let rest = x.get(at..).unwrap_or_default().iter().zip(y.get(at..).unwrap_or_default());
    at + rest.take_while(|(p, q)| p == q).count()
}

fn number(bytes: &[u8], from: usize) -> &[u8] {
    let rest = bytes.get(from..).unwrap_or_default();
    let len = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    rest.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_by_value() {
        let mut names = vec!["gw10", "gw2", "main", "gw02", "gw1", "gw", "worker-3-1", "worker-3-0"];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(names, ["gw", "gw1", "gw02", "gw2", "gw10", "main", "worker-3-0", "worker-3-1"]);
    }
}
