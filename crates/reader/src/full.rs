//! The reader of everything, which the page starts when a file needs it.

fn main() {
    lanescope_reader::start();
}
