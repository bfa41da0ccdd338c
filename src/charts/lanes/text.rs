//! Names cut to the room there is, without asking the browser each time.

/// Fewer characters of a name say nothing: those of many begin with `test_`.
const FEWEST: usize = 6;

/// Widths of the characters of one font, measured once.
#[derive(Clone, Debug, PartialEq)]
pub struct Widths {
    ascii: [f32; 95],
    other: f32,
    dots: f32,
}

impl Widths {
    /// Measures with this function: text to pixels.
    pub fn measure(width: impl Fn(&str) -> f64) -> Self {
        let mut ascii = [0.0; 95];
        for (code, slot) in (32_u8..).zip(&mut ascii) {
            *slot = width(char::from(code).encode_utf8(&mut [0; 4])) as f32;
        }
        Self { ascii, other: width("あ").max(width("W")) as f32, dots: width("…") as f32 }
    }

    fn of(&self, c: char) -> f32 {
        let place = (c as usize).checked_sub(32);
        place.and_then(|i| self.ascii.get(i)).copied().unwrap_or(self.other)
    }

    /// Width of a text, pixels.
    pub fn of_text(&self, text: &str) -> f64 {
        text.chars().map(|c| f64::from(self.of(c))).sum()
    }

    /// The text, or as much of it as fits with dots at its end; empty where that is not even [`FEWEST`] characters.
    pub fn clip(&self, text: &str, room_px: f64) -> String {
        let room = room_px as f32;
        let mut used = 0.0;
        let mut cut = 0;
        for (shown, (at, c)) in text.char_indices().enumerate() {
            if used + self.dots <= room {
                cut = if shown >= FEWEST { at } else { 0 };
            }
            used += self.of(c);
            if used > room {
                return text.get(..cut).filter(|s| !s.is_empty()).map(|s| format!("{s}…")).unwrap_or_default();
            }
        }
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_to_their_room() {
        let widths = Widths::measure(|text| 6.0 * text.chars().count() as f64);
        assert_eq!(widths.clip("test_import", 66.0), "test_import");
        assert_eq!(widths.clip("test_import", 65.0), "test_impo…");
        assert_eq!(widths.clip("test_import", 42.0), "test_i…");
        assert_eq!(widths.clip("test_import", 41.0), "", "so little says nothing");
        assert_eq!(widths.clip("test_import", 20.0), "");
        assert_eq!(widths.clip("tëst_ümport", 48.0), "tëst_üm…");
        assert_eq!(widths.clip("", 48.0), "");
    }
}
