//! Where each lane lies, top to bottom.

use std::ops::Range;

/// No lane is lower than this on the timeline, pixels.
pub const LOWEST_PX: f64 = 14.0;
/// A lane's height where there is room, pixels.
pub const USUAL_PX: f64 = 26.0;
/// A lane's height where there are few, pixels.
pub const HIGHEST_PX: f64 = 48.0;

/// Lanes of equal height, scrolled.
#[derive(Clone, Copy, Debug, PartialEq)]
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
}

impl Rows {
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

    /// Top of a lane's bars.
    pub fn y(&self, lane: u32) -> f64 {
        self.top + f64::from(lane) * self.pitch - self.scroll + (self.gap() / 2.0).floor()
    }

    /// Height of a lane's bars.
    pub fn bar_height(&self) -> f64 {
        (self.pitch - self.gap()).max(0.5)
    }

    /// The lane at this height.
    pub fn at(&self, y: f64) -> Option<u32> {
        if y < self.top || y >= self.bottom || self.pitch <= 0.0 {
            return None;
        }
        let lane = ((y - self.top + self.scroll) / self.pitch).floor();
        (lane >= 0.0 && lane < f64::from(self.count)).then_some(lane as u32)
    }

    /// The lanes of which something can be seen.
    pub fn visible(&self) -> Range<u32> {
        let first = (self.scroll / self.pitch).floor().clamp(0.0, f64::from(self.count)) as u32;
        let room = (self.bottom - self.top).max(0.0);
        let end = ((self.scroll + room) / self.pitch).ceil().clamp(0.0, f64::from(self.count)) as u32;
        first..end.max(first)
    }

    /// Height of all lanes.
    pub fn total(&self) -> f64 {
        f64::from(self.count) * self.pitch
    }

    /// The scroll that brings a lane into sight, and the same as now if it is.
    pub fn reveal(&self, lane: u32) -> f64 {
        let (top, room) = (f64::from(lane) * self.pitch, (self.bottom - self.top).max(self.pitch));
        if top < self.scroll {
            top
        } else if top + self.pitch > self.scroll + room {
            top + self.pitch - room
        } else {
            self.scroll
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        Rows { count: 64, pitch: 14.0, top: 24.0, scroll: 100.0, bottom: 424.0 }
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
}
