//! Sizes of the heat map, in CSS pixels. Plain numbers.

use std::ops::Range;

use crate::pages::flaky::cell::Place;

/// Height of a row.
pub const ROW_PX: f64 = 20.0;
/// Height of the head with the numbers of the runs.
pub const HEAD_PX: f64 = 22.0;
/// Least and greatest width of a column.
const COLUMN_PX: (f64, f64) = (14.0, 26.0);
/// Hair between cells.
const GAP_PX: f64 = 1.0;

/// What is to be drawn where.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grid {
    /// Tests.
    pub rows: u32,
    /// Runs.
    pub columns: u32,
    /// Size of what is on screen.
    pub view: (f64, f64),
    /// How far it is scrolled.
    pub scroll: (f64, f64),
}

impl Grid {
    /// Width of the names.
    pub fn names_px(&self) -> f64 {
        (self.view.0 * 0.3).clamp(108.0, 340.0)
    }

    /// Width of a column: all of the room where there are few runs.
    pub fn column_px(&self) -> f64 {
        let room = (self.view.0 - self.names_px()) / f64::from(self.columns.max(1));
        room.clamp(COLUMN_PX.0, COLUMN_PX.1)
    }

    /// Size of everything.
    pub fn area(&self) -> (f64, f64) {
        let width = self.names_px() + self.column_px() * f64::from(self.columns);
        (width, HEAD_PX + ROW_PX * f64::from(self.rows))
    }

    /// Columns that are on screen, even by a pixel.
    pub fn columns_seen(&self) -> Range<u32> {
        seen(self.scroll.0, self.view.0 - self.names_px(), self.column_px(), self.columns)
    }

    /// Rows that are on screen, even by a pixel.
    pub fn rows_seen(&self) -> Range<u32> {
        seen(self.scroll.1, self.view.1 - HEAD_PX, ROW_PX, self.rows)
    }

    /// Left edge of a column on screen.
    pub fn column_x(&self, column: u32) -> f64 {
        self.names_px() + f64::from(column) * self.column_px() - self.scroll.0
    }

    /// Top edge of a row on screen.
    pub fn row_y(&self, row: u32) -> f64 {
        HEAD_PX + f64::from(row) * ROW_PX - self.scroll.1
    }

    /// Place of a cell on screen.
    pub fn cell(&self, row: u32, column: u32) -> Place {
        let (w, h) = (self.column_px() - GAP_PX, ROW_PX - 2.0 * GAP_PX);
        Place { x: self.column_x(column), y: self.row_y(row) + GAP_PX, w, h }
    }

    /// Row and column at a point of the screen; no column over the names.
    pub fn at(&self, x: f64, y: f64) -> Option<(u32, Option<u32>)> {
        let row = (y - HEAD_PX + self.scroll.1) / ROW_PX;
        if y < HEAD_PX || row < 0.0 || row >= f64::from(self.rows) {
            return None;
        }
        let column = (x - self.names_px() + self.scroll.0) / self.column_px();
        let column = (x >= self.names_px() && column < f64::from(self.columns)).then_some(column as u32);
        Some((row as u32, column))
    }

    /// How far to scroll so that a cell is seen.
    pub fn reveal(&self, row: u32, column: u32) -> (f64, f64) {
        let x =
            near(self.scroll.0, self.view.0 - self.names_px(), f64::from(column) * self.column_px(), self.column_px());
        let y = near(self.scroll.1, self.view.1 - HEAD_PX, f64::from(row) * ROW_PX, ROW_PX);
        (x, y)
    }
}

fn seen(scroll: f64, room: f64, size: f64, count: u32) -> Range<u32> {
    if room <= 0.0 || size <= 0.0 {
        return 0..0;
    }
    let first = ((scroll.max(0.0) / size) as u32).min(count);
    let end = (((scroll.max(0.0) + room) / size).ceil() as u32).min(count);
    first..end.max(first)
}

fn near(scroll: f64, room: f64, start: f64, size: f64) -> f64 {
    if start < scroll {
        start
    } else if start + size > scroll + room {
        start + size - room
    } else {
        scroll
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { rows: 2_000, columns: 500, view: (1_000.0, 622.0), scroll: (0.0, 0.0) };

    #[test]
    fn only_what_is_on_screen_is_seen() {
        assert_eq!((GRID.rows_seen(), GRID.columns_seen()), (0..30, 0..50));
        let end = Grid { scroll: (500.0 * 14.0 - 700.0, 2_000.0 * 20.0 - 600.0), ..GRID };
        assert_eq!((end.rows_seen(), end.columns_seen()), (1_970..2_000, 450..500));
        assert_eq!(Grid { view: (0.0, 0.0), ..GRID }.rows_seen(), 0..0);
    }

    #[test]
    fn points_and_cells_agree() {
        let grid = Grid { scroll: (333.0, 4_567.0), ..GRID };
        for (row, column) in [(240, 30), (250, 60)] {
            let place = grid.cell(row, column);
            assert_eq!(grid.at(place.x + 1.0, place.y + 1.0), Some((row, Some(column))));
        }
        assert_eq!(grid.at(10.0, 100.0), Some((232, None)), "over the names");
        assert_eq!(grid.at(10.0, 3.0), None, "over the head");
    }

    #[test]
    fn every_cell_can_be_brought_on_screen() {
        for (row, column) in [(0, 0), (1_999, 499), (1_000, 250)] {
            let grid = Grid { scroll: (3_000.0, 17_000.0), ..GRID };
            let there = Grid { scroll: grid.reveal(row, column), ..grid };
            assert!(there.rows_seen().contains(&row) && there.columns_seen().contains(&column));
            assert_eq!(there.reveal(row, column), there.scroll, "it stays");
        }
    }

    #[test]
    fn few_runs_take_the_room() {
        let few = Grid { columns: 30, ..GRID };
        assert!(few.column_px() > 20.0 && few.area().0 <= few.view.0);
    }
}
