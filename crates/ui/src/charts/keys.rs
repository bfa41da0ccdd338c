//! Keys of a chart that is read place by place, such as run by run.

use web_sys::KeyboardEvent;

/// Where a key leads from a place among `count`, and takes it; `None` if it is not the chart's. `back` and `on` are the
/// arrows of its direction; from no place at all they lead to the last one.
pub fn stepped(event: &KeyboardEvent, [back, on]: [&str; 2], now: Option<usize>, count: usize) -> Option<usize> {
    let next = place(&event.key(), [back, on], now, count)?;
    event.prevent_default();
    Some(next)
}

fn place(key: &str, [back, on]: [&str; 2], now: Option<usize>, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match key {
        "Home" => 0,
        "End" => last,
        _ if key == back => now.map_or(last, |at| at.saturating_sub(1)),
        _ if key == on => now.map_or(last, |at| (at + 1).min(last)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_on_the_chart() {
        let to = |key: &str, now| place(key, ["ArrowLeft", "ArrowRight"], now, 3);
        assert_eq!([to("ArrowLeft", Some(0)), to("ArrowLeft", Some(2))], [Some(0), Some(1)]);
        assert_eq!([to("ArrowRight", Some(1)), to("ArrowRight", Some(2))], [Some(2), Some(2)]);
        assert_eq!([to("ArrowLeft", None), to("ArrowRight", None)], [Some(2), Some(2)]);
        assert_eq!([to("Home", Some(2)), to("End", None)], [Some(0), Some(2)]);
        assert_eq!([to("ArrowDown", Some(1)), to("Enter", None)], [None, None]);
        assert_eq!(place("End", ["ArrowUp", "ArrowDown"], None, 0), None);
    }
}
