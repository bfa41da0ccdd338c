//! Drawing the heat map: cells, names, numbers of runs, and what is pointed at.

use web_sys::CanvasRenderingContext2d;

use lanescope_ui::charts::canvas::Surface;
use lanescope_ui::charts::theme::Palette;

use super::Heat;
use super::grid::{Grid, HEAD_PX, ROW_PX};
use crate::pages::flaky::cell::{Cells, Place};
use crate::pages::flaky::words;

/// Room for a number in the head.
const NUMBER_PX: f64 = 34.0;
const FONT: &str = "12px Inter, system-ui, sans-serif";
const SMALL: &str = "11px Inter, system-ui, sans-serif";

/// A draw.
pub struct Paint<'a> {
    /// Where to.
    pub surface: &'a Surface,
    /// Colours.
    pub palette: &'a Palette,
    /// Sizes.
    pub grid: Grid,
    /// What is known.
    pub heat: &'a Heat,
    /// Whether colours tell time.
    pub by_time: bool,
    /// Whether the keys are heard here.
    pub focused: bool,
}

impl Paint<'_> {
    /// Draws everything that is on screen.
    pub fn draw(&self) {
        let (c, p, grid) = (&self.surface.context, self.palette, &self.grid);
        c.set_fill_style_str(&p.surface);
        c.fill_rect(0.0, 0.0, self.surface.width, self.surface.height);
        self.under();
        let (rows, columns) = (grid.rows_seen(), grid.columns_seen());
        let mut cells: Vec<(Place, u8)> = Vec::with_capacity(rows.len() * columns.len());
        for row in rows {
            for column in columns.clone() {
                if let Some(cell) = self.heat.cell(row, column) {
                    cells.push((grid.cell(row, column), cell));
                }
            }
        }
        Cells { context: c, palette: p, by_time: self.by_time }.draw(&cells);
        self.cursor();
        self.names();
        self.head();
    }

    /// The row and column that are pointed at.
    fn under(&self) {
        let (c, p, grid) = (&self.surface.context, self.palette, &self.grid);
        let Some((row, column)) = self.heat.hover else { return };
        c.set_fill_style_str(&p.lane);
        c.fill_rect(0.0, grid.row_y(row), self.surface.width, ROW_PX);
        if let Some(column) = column {
            c.fill_rect(grid.column_x(column), 0.0, grid.column_px(), self.surface.height);
        }
    }

    fn cursor(&self) {
        let (c, p) = (&self.surface.context, self.palette);
        let hover = self.heat.hover.and_then(|(row, column)| Some((row, column?)));
        let marked = [(hover, &p.line_strong), (self.heat.cursor.filter(|_| self.focused), &p.accent)];
        for (at, colour) in marked {
            if let Some((row, column)) = at {
                let place = self.grid.cell(row, column);
                c.set_stroke_style_str(colour);
                c.set_line_width(2.0);
                c.stroke_rect(place.x - 1.0, place.y - 1.0, place.w + 2.0, place.h + 2.0);
            }
        }
    }

    fn names(&self) {
        let (c, p, grid) = (&self.surface.context, self.palette, &self.grid);
        let width = grid.names_px();
        c.set_fill_style_str(&p.surface);
        c.fill_rect(0.0, 0.0, width, self.surface.height);
        c.set_fill_style_str(&p.line);
        c.fill_rect(width - 1.0, 0.0, 1.0, self.surface.height);
        c.set_text_baseline("middle");
        c.set_text_align("left");
        c.set_font(FONT);
        let cursor = self.heat.cursor.filter(|_| self.focused).map(|(row, _)| row);
        let hover = self.heat.hover.map(|(row, _)| row);
        for row in grid.rows_seen() {
            let y = grid.row_y(row);
            let on = cursor == Some(row) || hover == Some(row);
            if on {
                c.set_fill_style_str(&p.lane);
                c.fill_rect(0.0, y, width - 1.0, ROW_PX);
            }
            match self.heat.name(row) {
                Some(test) => {
                    let (path, name) = words::split(test);
                    c.set_fill_style_str(if on { &p.text } else { &p.text_2 });
                    let used = fitted(c, name, 12.0, y + ROW_PX / 2.0 + 0.5, width - 24.0);
                    // The path follows where there is room for it.
                    let room = width - 24.0 - used - 8.0;
                    if room > 60.0 {
                        c.set_fill_style_str(&p.text_3);
                        let tail = path.rsplit('/').next().unwrap_or(path);
                        fitted(c, tail, 12.0 + used + 8.0, y + ROW_PX / 2.0 + 0.5, room);
                    }
                }
                None => {
                    c.set_fill_style_str(&p.lane);
                    c.fill_rect(12.0, y + 6.0, width * 0.6, ROW_PX - 12.0);
                }
            }
        }
    }

    fn head(&self) {
        let (c, p, grid) = (&self.surface.context, self.palette, &self.grid);
        c.set_fill_style_str(&p.surface);
        c.fill_rect(0.0, 0.0, self.surface.width, HEAD_PX);
        let step = (NUMBER_PX / grid.column_px()).ceil().max(1.0) as u32;
        let step = [1, 2, 5, 10].into_iter().find(|&s| s >= step).unwrap_or(10);
        c.set_font(SMALL);
        c.set_text_align("center");
        let cursor = self.heat.cursor.filter(|_| self.focused).map(|(_, column)| column);
        let hover = self.heat.hover.and_then(|(_, column)| column);
        for column in grid.columns_seen() {
            let Some(run) = self.heat.runs.get(column as usize) else { continue };
            let x = grid.column_x(column) + (grid.column_px() - 1.0) / 2.0;
            let on = cursor == Some(column) || hover == Some(column);
            let near = cursor.or(hover).is_some_and(|at| !on && at.abs_diff(column) < step.min(3));
            if on || (run.number.is_multiple_of(step) && !near) {
                c.set_fill_style_str(if on { &p.text } else { &p.text_3 });
                let text = run.number.to_string();
                let half = c.measure_text(&text).map_or(10.0, |m| m.width()) / 2.0;
                let _ = c.fill_text(&text, x.min(grid.view.0 - half - 2.0), HEAD_PX / 2.0);
            }
            if run.set_aside.is_some() {
                c.set_fill_style_str(&p.text_3);
                c.fill_rect(grid.column_x(column), HEAD_PX - 3.0, grid.column_px() - 1.0, 2.0);
            }
        }
        c.set_fill_style_str(&p.surface);
        c.fill_rect(0.0, 0.0, grid.names_px() - 1.0, HEAD_PX);
        c.set_text_align("left");
        c.set_fill_style_str(&p.text_3);
        let _ = c.fill_text("Test", 12.0, HEAD_PX / 2.0);
        if grid.names_px() > 160.0 {
            c.set_text_align("right");
            let _ = c.fill_text("Run", grid.names_px() - 10.0, HEAD_PX / 2.0);
        }
        c.set_fill_style_str(&p.line);
        c.fill_rect(0.0, HEAD_PX - 1.0, self.surface.width, 1.0);
    }
}

/// Draws a text that gives way in its middle, and says how wide it is.
fn fitted(c: &CanvasRenderingContext2d, text: &str, x: f64, y: f64, room: f64) -> f64 {
    let width = |text: &str| c.measure_text(text).map_or(0.0, |m| m.width());
    // What is far too long need not be measured as a whole.
    let most = (room / 3.0).max(4.0) as usize;
    let count = text.chars().take(most + 1).count();
    let whole = if count <= most { width(text) } else { f64::INFINITY };
    if whole <= room {
        let _ = c.fill_text(text, x, y);
        return whole;
    }
    let all: Vec<char> = text.chars().take(4_000).collect();
    let mut keep = ((room / 6.5) as usize).min(all.len());
    loop {
        let tail = keep / 3;
        let head: String = all.iter().take(keep - tail).collect();
        let end: String = all.iter().skip(all.len() - tail).collect();
        let cut = format!("{head}…{end}");
        let wide = width(&cut);
        if wide <= room || keep <= 2 {
            let _ = c.fill_text(&cut, x, y);
            return wide;
        }
        keep -= ((wide - room) / 9.0).ceil().max(1.0).min((keep - 1) as f64) as usize;
    }
}
