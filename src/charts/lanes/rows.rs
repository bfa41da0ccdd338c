//! Where each lane lies, top to bottom: lanes of equal height, those of a group below its head.

use std::ops::Range;
use std::rc::Rc;

use crate::state::number::Within;
use lanescope_protocol::LaneGroup;

/// No lane is lower than this on the timeline, pixels.
pub const LOWEST_PX: f64 = 14.0;
/// A lane's height where there is room, pixels.
pub const USUAL_PX: f64 = 26.0;
/// A lane's height where there are few, pixels.
pub const HIGHEST_PX: f64 = 48.0;
/// Height of the head of a group, pixels.
pub const HEAD_PX: f64 = 22.0;

/// Lanes that stand together, and their head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fold {
    /// The group, as an index into the timeline's; `None` for lanes of none, which have no head.
    pub group: Option<u32>,
    /// First lane.
    pub first: u32,
    /// How many lanes.
    pub lanes: u32,
    /// Whether the lanes are shown.
    pub open: bool,
    /// Top, pixels below the first row.
    y: f64,
}

impl Fold {
    fn head(&self) -> f64 {
        if self.group.is_some() { HEAD_PX } else { 0.0 }
    }

    fn height(&self, pitch: f64) -> f64 {
        self.head() + if self.open { f64::from(self.lanes) * pitch } else { 0.0 }
    }

    fn end(&self) -> u32 {
        self.first.saturating_add(self.lanes)
    }
}

/// Lanes of equal height, scrolled.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// How many there are.
    pub count: u32,
    /// Height of one with the gap below it, pixels.
    pub pitch: f64,
    /// Top of the first when nothing is scrolled, pixels: what is above is the axis.
    pub top: f64,
    /// Pixels scrolled away.
    pub scroll: f64,
    /// Bottom of what is visible, pixels.
    pub bottom: f64,
    /// All lanes, in order.
    folds: Rc<[Fold]>,
}

impl Rows {
    /// Lanes without groups.
    pub fn new(count: u32, pitch: f64, top: f64, bottom: f64) -> Self {
        let all = Fold { group: None, first: 0, lanes: count, open: true, y: 0.0 };
        Self { count, pitch, top, scroll: 0.0, bottom, folds: Rc::new([all]) }
    }

    /// The same lanes under the heads of their groups; lanes of a group that is `closed` are not shown.
    pub fn grouped(mut self, groups: &[LaneGroup], closed: &[String]) -> Self {
        if groups.is_empty() {
            return self;
        }
        let mut folds: Vec<Fold> = Vec::with_capacity(groups.len());
        let (mut next, mut y) = (0, 0.0);
        let mut add = |fold: Fold| {
            folds.push(Fold { y, ..fold });
            y += fold.height(self.pitch);
        };
        for (i, group) in (0_u32..).zip(groups) {
            // A group that lies inside those before it has no lanes of its own.
            if group.first_lane < next || group.lanes == 0 {
                continue;
            }
            if group.first_lane > next {
                add(Fold { group: None, first: next, lanes: group.first_lane - next, open: true, y: 0.0 });
            }
            let open = !closed.contains(&group.name);
            add(Fold { group: Some(i), first: group.first_lane, lanes: group.lanes, open, y: 0.0 });
            next = group.first_lane.saturating_add(group.lanes);
        }
        if next < self.count {
            add(Fold { group: None, first: next, lanes: self.count - next, open: true, y: 0.0 });
        }
        self.folds = folds.into();
        self
    }

    /// A height of lanes that fills `room_px` as well as it goes.
    pub fn pitch_for(count: u32, room_px: f64) -> f64 {
        let fair = (room_px / f64::from(count.max(1))).floor();
        if fair >= USUAL_PX { fair.min(if count <= 6 { HIGHEST_PX } else { 30.0 }) } else { fair.max(LOWEST_PX) }
    }

    /// Air between two bars, one above the other.
    pub fn gap(&self) -> f64 {
        if self.pitch >= 20.0 {
            4.0
        } else if self.pitch >= 10.0 {
            2.0
        } else if self.pitch >= 4.0 {
            1.0
        } else {
            0.0
        }
    }

    fn fold(&self, lane: u32) -> Option<&Fold> {
        let after = self.folds.partition_point(|fold| fold.first <= lane);
        self.folds.get(after.checked_sub(1)?)
    }

    /// Top of a lane, pixels below the first row; that of its group's head where it is not shown.
    fn offset(&self, lane: u32) -> f64 {
        self.fold(lane).map_or(0.0, |fold| {
            if fold.open { fold.y + fold.head() + f64::from(lane - fold.first) * self.pitch } else { fold.y }
        })
    }

    /// Whether a lane is shown, scrolled away or not.
    pub fn is_open(&self, lane: u32) -> bool {
        self.fold(lane).is_some_and(|fold| fold.open)
    }

    /// Top of a lane's bars.
    pub fn y(&self, lane: u32) -> f64 {
        self.top + self.offset(lane) - self.scroll + (self.gap() / 2.0).floor()
    }

    /// Height of a lane's bars.
    pub fn bar_height(&self) -> f64 {
        (self.pitch - self.gap()).max(0.5)
    }

    /// The heads of groups, each with its top, pixels.
    pub fn heads(&self) -> impl Iterator<Item = (&Fold, f64)> {
        let folds = self.folds.iter().filter(|fold| fold.group.is_some());
        folds.map(|fold| (fold, self.top + fold.y - self.scroll))
    }

    /// The lane at this height.
    pub fn at(&self, y: f64) -> Option<u32> {
        let (fold, below) = self.fold_at(y)?;
        let lane = ((below - fold.head()) / self.pitch).floor();
        (lane >= 0.0 && lane < f64::from(fold.lanes)).then_some(fold.first + lane as u32)
    }

    /// The group whose head is at this height.
    pub fn head_at(&self, y: f64) -> Option<u32> {
        let (fold, below) = self.fold_at(y)?;
        fold.group.filter(|_| below < HEAD_PX)
    }

    fn fold_at(&self, y: f64) -> Option<(&Fold, f64)> {
        if y < self.top || y >= self.bottom || self.pitch <= 0.0 {
            return None;
        }
        let below = y - self.top + self.scroll;
        let fold = self.folds.get(self.folds.partition_point(|fold| fold.y <= below).checked_sub(1)?)?;
        (below < fold.y + fold.height(self.pitch)).then_some((fold, below - fold.y))
    }

    /// From the first to the last lane of which something can be seen, be it in the head of a closed group.
    pub fn visible(&self) -> Range<u32> {
        let end_px = self.scroll + (self.bottom - self.top).max(0.0);
        let (mut first, mut end) = (None, 0);
        for fold in self.folds.iter() {
            if fold.y + fold.height(self.pitch) <= self.scroll || fold.y >= end_px {
                continue;
            }
            let lanes = |px: f64| (px - fold.y - fold.head()) / self.pitch;
            let all = f64::from(fold.lanes);
            let (mut from, mut to) = (fold.first, fold.end());
            if fold.open {
                from += lanes(self.scroll).floor().within(0.0, all) as u32;
                to = fold.first + lanes(end_px).ceil().within(0.0, all) as u32;
            }
            first = first.or(Some(from));
            end = to.max(from);
        }
        let first = first.unwrap_or(0);
        first..end.max(first)
    }

    /// Height of all rows.
    pub fn total(&self) -> f64 {
        self.folds.last().map_or(0.0, |fold| fold.y + fold.height(self.pitch))
    }

    /// The scroll that brings a lane into sight, and the same as now if it is.
    pub fn reveal(&self, lane: u32) -> f64 {
        let (top, room) = (self.offset(lane), (self.bottom - self.top).max(self.pitch));
        if top < self.scroll {
            top
        } else if top + self.pitch > self.scroll + room {
            top + self.pitch - room
        } else {
            self.scroll
        }
    }

    /// The scroll that puts a lane into the middle.
    pub fn centre(&self, lane: u32) -> f64 {
        self.offset(lane) - (self.bottom - self.top) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        Rows { scroll: 100.0, ..Rows::new(64, 14.0, 24.0, 424.0) }
    }

    fn groups() -> Vec<LaneGroup> {
        let group = |name: &str, first_lane, lanes| LaneGroup {
            name: name.to_owned(),
            first_lane,
            lanes,
            ..LaneGroup::default()
        };
        vec![group("py310", 0, 4), group("py311", 4, 4)]
    }

    #[test]
    fn a_lane_is_found_where_it_is_drawn() {
        let rows = rows();
        for lane in rows.visible() {
            let y = rows.y(lane) + rows.bar_height() / 2.0;
            if y >= rows.top && y < rows.bottom {
                assert_eq!(rows.at(y), Some(lane));
            }
        }
        assert_eq!(rows.at(10.0), None);
        assert_eq!(rows.at(500.0), None);
        assert_eq!(rows.visible(), 7..36);
    }

    #[test]
    fn heights_fill_the_room_within_reason() {
        assert_eq!(Rows::pitch_for(4, 700.0), HIGHEST_PX);
        assert_eq!(Rows::pitch_for(20, 700.0), 30.0);
        assert_eq!(Rows::pitch_for(30, 700.0), 23.0);
        assert_eq!(Rows::pitch_for(1000, 700.0), LOWEST_PX);
        assert_eq!(Rows::pitch_for(0, 0.0), LOWEST_PX);
    }

    #[test]
    fn a_lane_out_of_sight_is_scrolled_to() {
        let rows = rows();
        assert_eq!(rows.reveal(2), 28.0);
        assert_eq!(rows.reveal(10), 100.0);
        assert_eq!(rows.reveal(63), 64.0 * 14.0 - 400.0);
    }

    #[test]
    fn groups_have_heads_and_lanes_of_none_follow() {
        let rows = Rows::new(9, 20.0, 24.0, 1000.0).grouped(&groups(), &[]);
        assert_eq!(rows.total(), 9.0 * 20.0 + 2.0 * HEAD_PX);
        assert_eq!((rows.head_at(30.0), rows.at(30.0)), (Some(0), None));
        assert_eq!(rows.at(24.0 + HEAD_PX + 1.0), Some(0));
        assert_eq!(rows.head_at(24.0 + HEAD_PX + 81.0), Some(1));
        for lane in 0..9 {
            assert_eq!(rows.at(rows.y(lane)), Some(lane));
        }
        assert_eq!(rows.visible(), 0..9);
        assert_eq!(rows.at(24.0 + rows.total()), None);
    }

    #[test]
    fn a_closed_group_is_one_row_whose_lanes_still_count_as_seen() {
        let rows = Rows::new(8, 20.0, 24.0, 1000.0).grouped(&groups(), &["py310".to_owned()]);
        assert_eq!(rows.total(), 4.0 * 20.0 + 2.0 * HEAD_PX);
        assert_eq!(rows.visible(), 0..8);
        assert!(!rows.is_open(3) && rows.is_open(4));
        assert_eq!(rows.at(24.0 + 2.0 * HEAD_PX + 1.0), Some(4));
        assert_eq!(rows.heads().map(|(fold, y)| (fold.lanes, y)).collect::<Vec<_>>(), [(4, 24.0), (4, 46.0)]);
    }
}
