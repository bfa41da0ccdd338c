//! The reader that the page starts with.

fn main() {
    lanescope_reader::start();
}
