//! The bars of a time window, as columns of bytes: they are many, and cross to the page once a frame.

use std::fmt;

/// In [`Frame::attempt`]: several attempts too narrow to draw one by one.
pub const MERGED: u32 = u32::MAX;

/// In [`Frame::flags`]: a second or later attempt of its test. Not set on merged bars.
pub const RETRY: u8 = 1;
/// In [`Frame::flags`]: the test is flaky. Not set on merged bars.
pub const FLAKY: u8 = 1 << 1;
/// In [`Frame::flags`]: nothing in the bar matches the query that was asked with the window.
pub const FADED: u8 = 1 << 2;
/// In [`Frame::flags`]: the attempt, or one of those merged, was stopped by a time limit.
pub const TIMED_OUT: u8 = 1 << 3;
/// In [`Frame::flags`]: the attempt, or one of those merged, used at least 80 % of its time limit.
pub const NEAR_LIMIT: u8 = 1 << 4;

const MAGIC: u32 = 0x4c53_4603;
const HEAD_BYTES: usize = 4 + 4 + 4 + 8 + 8 + 8 + 4 + 4;
const BAR_BYTES: usize = 8 + 8 + 4 + 4 + 4 + 4 + 4 + 4 + 1 + 1 + 1;
const LINK_BYTES: usize = 4 + 4 + 8 + 8;

/// From the stop of an attempt to the start of the next attempt of the same test.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Link {
    /// Lane of the earlier attempt; it may lie outside the lanes asked for.
    pub from_lane: u32,
    /// Its stop, seconds.
    pub from_s: f64,
    /// Lane of the later attempt; it may lie outside the lanes asked for.
    pub to_lane: u32,
    /// Its start, seconds.
    pub to_s: f64,
}

/// Bars of a time window, by lane and then by start. All columns but `links` have the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Left end of the window asked for, seconds.
    pub window_from_s: f64,
    /// Right end of the window asked for, seconds.
    pub window_to_s: f64,
    /// First lane asked for.
    pub first_lane: u32,
    /// Number of lanes asked for.
    pub lanes: u32,
    /// Pixels per second that bars are merged for: those asked for, or fewer where there would be too many bars.
    pub px_per_s: f64,
    /// Start of each bar, seconds.
    pub from_s: Vec<f64>,
    /// End of each bar, seconds.
    pub to_s: Vec<f64>,
    /// Lane of each bar.
    pub lane: Vec<u32>,
    /// Row of the attempt, or [`MERGED`].
    pub attempt: Vec<u32>,
    /// Attempts in the bar; 1 unless merged.
    pub count: Vec<u32>,
    /// Seconds of setup at the start of the bar; 0 where unknown, merged, or too narrow to show.
    pub setup_s: Vec<f32>,
    /// Seconds of teardown at the end of the bar; 0 where unknown, merged, or too narrow to show.
    pub teardown_s: Vec<f32>,
    /// Share of the bar that is covered by attempts: 1 unless merged.
    pub fill: Vec<f32>,
    /// Outcome code of the attempt (as in the model), or the worst of those merged.
    pub outcome: Vec<u8>,
    /// Bits: [`RETRY`], [`FLAKY`], [`FADED`], [`TIMED_OUT`], [`NEAR_LIMIT`].
    pub flags: Vec<u8>,
    /// Class of the attempt under the colouring asked for, as in [`crate::LegendItem::tint`]; that of the longest
    /// attempt where several are merged. 0 for [`crate::ColourBy::Outcome`].
    pub tint: Vec<u8>,
    /// From attempt to next attempt of a test, where that touches the window; at most 400, the longest ones.
    pub links: Vec<Link>,
}

/// Bytes that are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameError;

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these bytes are no frame of this version")
    }
}

impl std::error::Error for FrameError {}

impl Frame {
    /// How many bars there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.from_s.len()
    }

    /// Whether there is no bar.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from_s.is_empty()
    }

    /// The frame as bytes, little-endian.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let n = self.len();
        let mut out = Vec::with_capacity(HEAD_BYTES + n * BAR_BYTES + self.links.len() * LINK_BYTES);
        out.extend(MAGIC.to_le_bytes());
        out.extend((n as u32).to_le_bytes());
        out.extend((self.links.len() as u32).to_le_bytes());
        out.extend(self.window_from_s.to_le_bytes());
        out.extend(self.window_to_s.to_le_bytes());
        out.extend(self.px_per_s.to_le_bytes());
        out.extend(self.first_lane.to_le_bytes());
        out.extend(self.lanes.to_le_bytes());
        for column in [&self.from_s, &self.to_s] {
            column.iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
        }
        for column in [&self.lane, &self.attempt, &self.count] {
            column.iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
        }
        for column in [&self.setup_s, &self.teardown_s, &self.fill] {
            column.iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
        }
        out.extend(&self.outcome);
        out.extend(&self.flags);
        out.extend(&self.tint);
        for link in &self.links {
            out.extend(link.from_lane.to_le_bytes());
            out.extend(link.to_lane.to_le_bytes());
            out.extend(link.from_s.to_le_bytes());
            out.extend(link.to_s.to_le_bytes());
        }
        out
    }

    /// The frame of these bytes.
    ///
    /// # Errors
    /// When the bytes are not what [`Self::encode`] of this version writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let mut rest = bytes;
        if u32::from_le_bytes(take(&mut rest)?) != MAGIC {
            return Err(FrameError);
        }
        let n = u32::from_le_bytes(take(&mut rest)?) as usize;
        let links = u32::from_le_bytes(take(&mut rest)?) as usize;
        let mut frame = Self {
            window_from_s: f64::from_le_bytes(take(&mut rest)?),
            window_to_s: f64::from_le_bytes(take(&mut rest)?),
            px_per_s: f64::from_le_bytes(take(&mut rest)?),
            first_lane: u32::from_le_bytes(take(&mut rest)?),
            lanes: u32::from_le_bytes(take(&mut rest)?),
            from_s: column(&mut rest, n, f64::from_le_bytes)?,
            to_s: column(&mut rest, n, f64::from_le_bytes)?,
            lane: column(&mut rest, n, u32::from_le_bytes)?,
            attempt: column(&mut rest, n, u32::from_le_bytes)?,
            count: column(&mut rest, n, u32::from_le_bytes)?,
            setup_s: column(&mut rest, n, f32::from_le_bytes)?,
            teardown_s: column(&mut rest, n, f32::from_le_bytes)?,
            fill: column(&mut rest, n, f32::from_le_bytes)?,
            outcome: column(&mut rest, n, u8::from_le_bytes)?,
            flags: column(&mut rest, n, u8::from_le_bytes)?,
            tint: column(&mut rest, n, u8::from_le_bytes)?,
            links: Vec::new(),
        };
        for _ in 0..links {
            let from_lane = u32::from_le_bytes(take(&mut rest)?);
            let to_lane = u32::from_le_bytes(take(&mut rest)?);
            let from_s = f64::from_le_bytes(take(&mut rest)?);
            frame.links.push(Link { from_lane, from_s, to_lane, to_s: f64::from_le_bytes(take(&mut rest)?) });
        }
        if rest.is_empty() { Ok(frame) } else { Err(FrameError) }
    }
}

fn take<const W: usize>(rest: &mut &[u8]) -> Result<[u8; W], FrameError> {
    let (head, tail) = rest.split_first_chunk::<W>().ok_or(FrameError)?;
    *rest = tail;
    Ok(*head)
}

fn column<T, const W: usize>(rest: &mut &[u8], n: usize, read: fn([u8; W]) -> T) -> Result<Vec<T>, FrameError> {
    let bytes = n.checked_mul(W).and_then(|len| rest.split_at_checked(len));
    let (head, tail) = bytes.ok_or(FrameError)?;
    *rest = tail;
    Ok(head.as_chunks::<W>().0.iter().map(|chunk| read(*chunk)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Frame {
        Frame {
            window_from_s: -1.5,
            window_to_s: 10.25,
            first_lane: 2,
            lanes: 8,
            px_per_s: 119.5,
            from_s: vec![0.0, 1.5],
            to_s: vec![1.0, 4.0],
            lane: vec![2, 3],
            attempt: vec![17, MERGED],
            count: vec![1, 12],
            setup_s: vec![0.25, 0.0],
            teardown_s: vec![0.125, 0.0],
            fill: vec![1.0, 0.5],
            outcome: vec![0, 1],
            flags: vec![RETRY, FADED | NEAR_LIMIT],
            tint: vec![0, 8],
            links: vec![Link { from_lane: 2, from_s: 1.0, to_lane: 3, to_s: 1.5 }],
        }
    }

    #[test]
    fn a_frame_survives_the_wire() {
        assert_eq!(Frame::decode(&sample().encode()), Ok(sample()));
    }

    #[test]
    fn bytes_cut_anywhere_are_refused() {
        let bytes = sample().encode();
        for end in 0..bytes.len() {
            assert_eq!(Frame::decode(&bytes[..end]), Err(FrameError), "cut at {end}");
        }
    }
}
