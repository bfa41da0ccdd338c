//! Numbers as text and back, by the browser: what the standard library needs for the last digit of every float would be
//! a twentieth of the page.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::JsValue;

/// The shortest text that reads back as the same number.
pub fn plain(number: f64) -> String {
    #[cfg(target_arch = "wasm32")]
    let text = js_sys::Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default();
    #[cfg(not(target_arch = "wasm32"))]
    let text = number.to_string();
    text
}

/// With so many digits after the point.
pub fn fixed(number: f64, digits: u8) -> String {
    #[cfg(target_arch = "wasm32")]
    let text = js_sys::Number::from(number).to_fixed(digits).map(String::from).unwrap_or_default();
    #[cfg(not(target_arch = "wasm32"))]
    let text = format!("{number:.*}", usize::from(digits));
    text
}

/// Numbers between two others, as `clamp` gives them. That one tells the bounds when it panics, and what writes floats
/// for it is as much as a whole view.
pub trait Within: Sized {
    /// No less than `least`, and no more than `most`; what is no number stays none.
    #[must_use]
    fn within(self, least: Self, most: Self) -> Self;
}

impl Within for f64 {
    fn within(self, least: Self, most: Self) -> Self {
        if self < least {
            least
        } else if self > most {
            most
        } else {
            self
        }
    }
}

/// A whole number of pixels, as styles write it.
pub fn px(number: f64) -> String {
    fixed(number, 0) + "px"
}

/// The number that a text is; `None` for what is none, or not finite.
pub fn read(text: &str) -> Option<f64> {
    let text = text.trim();
    #[cfg(target_arch = "wasm32")]
    let number = JsValue::from_str(text).unchecked_into_f64();
    #[cfg(not(target_arch = "wasm32"))]
    let number: f64 = text.parse().ok()?;
    Some(number).filter(|number| number.is_finite() && !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        assert_eq!([-1.0, 0.5, 2.0].map(|n: f64| n.within(0.0, 1.0)), [0.0, 0.5, 1.0]);
        assert!(f64::NAN.within(0.0, 1.0).is_nan());
        assert_eq!((plain(0.1), fixed(2.345, 1), px(12.6)), ("0.1".into(), "2.3".into(), "13px".into()));
        assert_eq!(
            [read(" 1.5 "), read(""), read("x"), read("inf"), read("1e3")],
            [Some(1.5), None, None, None, Some(1e3)]
        );
    }
}
