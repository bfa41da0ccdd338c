//! Finding a word in many texts, in upper or lower case.

use memchr::memmem::Finder;

use crate::lower::push_lower;

/// A word to look for.
#[derive(Debug)]
pub(crate) struct Needle {
    /// In lower case.
    word: Vec<u8>,
}

/// Texts are put into lower case this many bytes at a time: enough to find in at full speed, and little enough
/// to stay in the processor's cache.
const CHUNK: usize = 32 * 1024;

impl Needle {
    pub(crate) fn new(word: &str) -> Self {
        let mut lower = Vec::with_capacity(word.len());
        push_lower(word, &mut lower);
        Self { word: lower }
    }

    /// Whether a text contains the word.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.find_in(std::iter::once(text)).first() == Some(&true)
    }

    /// Which of the texts contain the word.
    pub(crate) fn find_in<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<bool> {
        let mut found = Vec::with_capacity(texts.size_hint().0);
        let mut chunk = Chunk { bytes: Vec::with_capacity(CHUNK + 1024), ends: Vec::new() };
        let finder = Finder::new(&self.word);
        // What is typed is nearly always ASCII, and then only ASCII can match it.
        let ascii = self.word.is_ascii();
        for text in texts {
            if ascii {
                chunk.bytes.extend_from_slice(text.as_bytes());
            } else {
                push_lower(text, &mut chunk.bytes);
            }
            chunk.ends.push(chunk.bytes.len());
            // So that nothing is found across two texts.
            chunk.bytes.push(0);
            if chunk.bytes.len() >= CHUNK {
                chunk.search(&finder, &mut found);
            }
        }
        chunk.search(&finder, &mut found);
        found
    }
}

struct Chunk {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Chunk {
    fn search(&mut self, finder: &Finder<'_>, found: &mut Vec<bool>) {
        self.bytes.make_ascii_lowercase();
        let mut hit = finder.find(&self.bytes);
        for &end in &self.ends {
            match hit {
                Some(at) if at <= end => {
                    found.push(true);
                    let next = self.bytes.get(end + 1..).unwrap_or_default();
                    hit = finder.find(next).map(|at| at + end + 1);
                }
                _ => found.push(false),
            }
        }
        self.bytes.clear();
        self.ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_and_places_do_not() {
        let texts = [
            ("tests/Test_IO.py", "io.p", true),
            ("ab", "abc", false),
            ("xxab", "ab", true),
            ("ÄRGER", "ärg", true),
            ("ΛΟΓΟΣ", "λόγος", false),
            ("λογος", "ΛΟΓΟΣ", true),
        ];
        for (text, word, found) in texts {
            assert_eq!(Needle::new(word).is_in(text), found, "{word} in {text}");
        }
        assert!(Needle::new("").is_in(""));
    }

    #[test]
    fn many_texts_are_searched_each_for_itself() {
        let texts: Vec<String> = (0..20_000).map(|i| format!("tests/test_{i}.py::Test")).collect();
        for word in ["_77", "test", "testt", "py::testtests", "TEST_9.PY", ""] {
            let found = Needle::new(word).find_in(texts.iter().map(String::as_str));
            let expected: Vec<bool> = texts.iter().map(|t| t.to_lowercase().contains(&word.to_lowercase())).collect();
            assert_eq!(found, expected, "{word}");
        }
    }
}
