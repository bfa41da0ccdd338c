//! An index of runs: `{"lanescope": "index/1", "runs": ["a.zip", …]}`, which the page fetches from an address.
//!
//! A file that was dropped has no address, so that what stands beside it cannot be fetched; what has an address of its own
//! can. The reader says which, and fetches nothing.

use crate::input::Input;
use crate::json::Cursor;
use crate::notes::Notes;

/// The page reads no larger one.
const MAX_BYTES: usize = 1_000_000;

/// Says what to do with an index. Gives how many of its addresses can be fetched, in words, if any can.
pub(crate) fn tell(input: &mut Input, notes: &Notes) -> Option<String> {
    input.look_ahead(MAX_BYTES + 1);
    if input.unused().len() > MAX_BYTES {
        notes.error("this is an index of runs, and larger than 1 MB, which is not read: make indexes of parts of it");
        return None;
    }
    let content = String::from_utf8_lossy(input.unused());
    let (mut all, mut absolute) = (0_u32, 0_u32);
    let read = Cursor::new(&content).members(&mut |c, key| match (key, c.peek()?) {
        ("runs", b'[') => c.elements(&mut |c| {
            if c.peek()? != b'"' {
                return c.skip();
            }
            let address = c.string()?;
            all += 1;
            absolute += u32::from(address.starts_with("http://") || address.starts_with("https://"));
            Some(())
        }),
        _ => c.skip(),
    });
    if read.is_none() || all == 0 {
        notes.error("this is an index of runs that names none, or no valid JSON");
        return None;
    }
    let beside = all - absolute;
    let files = |n: u32| if n == 1 { "1 file".to_owned() } else { format!("{n} files") };
    let mut text = format!("this is an index of {}, no report", files(all));
    if absolute > 0 {
        text.push_str(&format!("; {absolute} can be fetched"));
    }
    if beside > 0 {
        let stand = match (beside, absolute) {
            (_, 0) => "they stand".to_owned(),
            (1, _) => "1 stands".to_owned(),
            (n, _) => format!("{n} stand"),
        };
        text.push_str(&format!(
            "; {stand} beside it, and where it came from is not known: put it on a web server beside them and open the page \
             with #/?src= and its address, or open the files themselves"
        ));
    }
    notes.warn(text);
    (absolute > 0).then(|| files(absolute))
}
