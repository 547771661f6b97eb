//! The lines of a file, one at a time and of bounded length: whatever the file holds, no more than one line is in memory.

use std::io::{self, BufRead};

/// Longest line that is read: the largest message of a call, with room for its JSON form.
pub(super) const MAX_LINE_BYTES: usize = 1024 * 1024;

/// One line.
pub(super) struct RawLine {
    /// Number in the file, from 1.
    pub(super) number: u64,
    /// Where the next line begins.
    pub(super) end: u64,
    /// The bytes without the line's end; nothing if the line is longer than [`MAX_LINE_BYTES`].
    pub(super) bytes: Option<Vec<u8>>,
}

/// Reads line after line.
pub(super) struct RawLines<R> {
    reader: R,
    number: u64,
    end: u64,
}

impl<R: BufRead> RawLines<R> {
    /// Lines of `reader`, which stands at byte `end`, behind line `number`.
    pub(super) const fn after(reader: R, number: u64, end: u64) -> Self {
        Self { reader, number, end }
    }

    /// The next line; nothing at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<RawLine>> {
        let mut bytes = Vec::new();
        let mut too_long = false;
        let mut begun = false;
        loop {
            let part = self.reader.fill_buf()?;
            if part.is_empty() {
                break;
            }
            begun = true;
            let newline = part.iter().position(|byte| *byte == b'\n');
            let taken = newline.map_or(part.len(), |at| at + 1);
            let content = &part[..newline.unwrap_or(taken)];
            if too_long || bytes.len() + content.len() > MAX_LINE_BYTES {
                too_long = true;
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(content);
            }
            self.reader.consume(taken);
            self.end += taken as u64;
            if newline.is_some() {
                break;
            }
        }
        if !begun {
            return Ok(None);
        }
        self.number += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let bytes = (!too_long).then_some(bytes);
        Ok(Some(RawLine { number: self.number, end: self.end, bytes }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn lines(text: &[u8], buffer: usize) -> Vec<(u64, u64, Option<Vec<u8>>)> {
        let mut lines = RawLines::after(BufReader::with_capacity(buffer, text), 0, 0);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push((line.number, line.end, line.bytes));
        }
        found
    }

    #[test]
    fn lines_end_with_either_end_or_the_file() {
        for buffer in [1, 2, 100] {
            let found = lines(b"a\r\n\nbc", buffer);
            let expected = [(1, 3, "a"), (2, 4, ""), (3, 6, "bc")];
            let expected = expected.map(|(number, end, text)| (number, end, Some(text.as_bytes().to_vec())));
            assert_eq!(found, expected, "a buffer of {buffer}");
        }
        assert_eq!(lines(b"", 8), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_read() {
        let mut text = vec![b'x'; MAX_LINE_BYTES + 1];
        text.extend_from_slice(b"\ny\n");
        let found = lines(&text, 8192);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], (1, MAX_LINE_BYTES as u64 + 2, None));
        assert_eq!(found[1].2, Some(b"y".to_vec()));
    }
}
