//! Bars as rows of pixels. However many bars a lane has, it is one row, as wide as the canvas in its own pixels, and
//! is painted by one stretched copy: a draw costs what the screen costs, not what the run costs.

/// One pixel: red, green, blue, alpha.
pub type Pixel = [u8; 4];

/// What becomes of a row of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Painted.
    Bars,
    /// Painted over the bars.
    Over,
    /// Taken away from the bars.
    Cut,
}

/// Where a row of pixels goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strip {
    /// What becomes of it.
    pub layer: Layer,
    /// Top, CSS pixels.
    pub y: f64,
    /// Height, CSS pixels.
    pub height: f64,
}

/// Rows of pixels, and where they go.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    /// Pixels in a row.
    pub width: usize,
    /// One for each row.
    pub strips: Vec<Strip>,
    pixels: Vec<Pixel>,
    ranks: Vec<u8>,
}

impl Raster {
    /// Forgets everything, and keeps the memory.
    pub fn clear(&mut self, width: usize) {
        self.width = width;
        self.strips.clear();
        self.pixels.clear();
    }

    /// Begins a row; what is put into it next has no ranks yet.
    pub fn row(&mut self, strip: Strip) -> usize {
        self.strips.push(strip);
        self.pixels.resize(self.strips.len() * self.width, [0; 4]);
        self.strips.len() - 1
    }

    /// Forgets the ranks of the last row.
    pub fn new_ranks(&mut self) {
        self.ranks.clear();
        self.ranks.resize(self.width, 0);
    }

    /// Colours pixels of a row.
    pub fn put(&mut self, row: usize, from: usize, to: usize, pixel: Pixel) {
        let start = row * self.width;
        let to = to.min(self.width);
        if let Some(pixels) = self.pixels.get_mut(start + from.min(to)..start + to) {
            pixels.fill(pixel);
        }
    }

    /// Colours pixels of a row, but for those that something of a higher rank has.
    pub fn put_ranked(&mut self, row: usize, from: usize, to: usize, pixel: Pixel, rank: u8) {
        let start = row * self.width;
        let to = to.min(self.width);
        let from = from.min(to);
        let (Some(pixels), Some(ranks)) = (self.pixels.get_mut(start + from..start + to), self.ranks.get_mut(from..to))
        else {
            return;
        };
        for (slot, had) in pixels.iter_mut().zip(ranks) {
            if rank >= *had {
                (*slot, *had) = (pixel, rank);
            }
        }
    }

    /// All pixels as bytes, row after row.
    pub fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }

    /// Stretches of one colour in a row: first pixel, length, colour.
    #[cfg(test)]
    pub fn runs(&self, row: usize) -> Vec<(usize, usize, Pixel)> {
        let mut runs: Vec<(usize, usize, Pixel)> = Vec::new();
        for (x, &pixel) in self.pixels[row * self.width..(row + 1) * self.width].iter().enumerate() {
            match runs.last_mut() {
                Some((from, len, of)) if *of == pixel && *from + *len == x => *len += 1,
                _ if pixel[3] > 0 => runs.push((x, 1, pixel)),
                _ => {}
            }
        }
        runs
    }
}
