//! Bytes to text: what is not UTF-8 is refused with what it seems to be instead, and where.

use crate::{source::LineIndex, span::narrow};

/// The text that `bytes` are, at most `limit` of them.
///
/// A byte order mark and NUL bytes stay in the text: what they mean is for YAML to say. A limit of
/// `u32::MAX` is none, except that every byte of the text can be counted by a
/// [`Span`](crate::span::Span).
///
/// # Errors
///
/// Why the bytes are no text that is linted: lower case, no full stop, to be read after the name
/// of the file.
pub(crate) fn decode(bytes: Vec<u8>, limit: u32) -> Result<String, String> {
    if bytes.len() > limit as usize {
        return Err(too_large(bytes.len() as u64, limit));
    }
    if let Some(encoding) = wide_encoding(&bytes) {
        // Not "kubectl cannot read it": UTF-16BE with a byte order mark it can, if in one document.
        return Err(format!("is {encoding}; save it as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|error| not_utf8(error.as_bytes()))
}

/// What is said of `length` bytes where no more than `limit` are read.
pub(crate) fn too_large(length: u64, limit: u32) -> String {
    let mebibytes = limit >> 20;
    format!("is too large: {length} bytes, over the limit of {limit} ({mebibytes} MiB)")
}

/// The encoding other than UTF-8 that the first bytes tell, as YAML 1.2 §5.2 does it: by a byte
/// order mark, or because the first characters, which are ASCII in any manifest, are padded with
/// NULs. One NUL alone is no padding.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match *bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some("UTF-16"),
        [first, 0, 0, 0, ..] | [0, 0, 0, first, ..] if first != 0 => Some("UTF-32"),
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] if first != 0 && second != 0 => {
            Some("UTF-16")
        }
        _ => None,
    }
}

fn not_utf8(bytes: &[u8]) -> String {
    let valid = bytes.utf8_chunks().next().map_or("", |it| it.valid());
    let at = narrow(valid.len());
    let position = LineIndex::new(valid).position(valid, 1, at);
    format!(
        "is not UTF-8: invalid byte at line {}, column {}",
        position.line, position.column
    )
}

#[cfg(test)]
mod tests {
    use super::decode;

    const KIND: &str = "kind: Secret\n";

    fn refusal(bytes: &[u8]) -> String {
        decode(bytes.to_vec(), u32::MAX).unwrap_err()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf8_is_kept_byte_for_byte() {
        for text in ["", "a", KIND, "\u{feff}kind: Ä\r\n", "a\0b\n", "\0", "a\0"] {
            assert_eq!(
                decode(text.as_bytes().to_vec(), u32::MAX).as_deref(),
                Ok(text)
            );
        }
    }

    #[test]
    fn utf16_is_named_with_and_without_a_byte_order_mark() {
        let expected = "is UTF-16; save it as UTF-8";
        let marked = format!("\u{feff}{KIND}");
        for text in [KIND, marked.as_str()] {
            assert_eq!(refusal(&utf16(text, u16::to_le_bytes)), expected);
            assert_eq!(refusal(&utf16(text, u16::to_be_bytes)), expected);
        }
    }

    #[test]
    fn utf32_is_not_called_utf16() {
        let marked = format!("\u{feff}{KIND}");
        for text in [KIND, marked.as_str()] {
            let bytes = |order: fn(u32) -> [u8; 4]| -> Vec<u8> {
                text.chars().flat_map(|it| order(it as u32)).collect()
            };
            assert!(refusal(&bytes(u32::to_le_bytes)).starts_with("is UTF-32;"));
            assert!(refusal(&bytes(u32::to_be_bytes)).starts_with("is UTF-32;"));
        }
    }

    #[test]
    fn an_invalid_byte_is_placed_by_line_and_character() {
        let place = |bytes: &[u8]| refusal(bytes).replace("is not UTF-8: invalid byte at ", "");
        assert_eq!(place(b"\xE4"), "line 1, column 1");
        assert_eq!(place(b"a: 1\nb: 2\nname: \xE4\nc"), "line 3, column 7");
        assert_eq!(place(b"\xC3\xA4: \xC3\xBC\xFF"), "line 1, column 5");
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_invalid() {
        assert!(refusal(b"a: \xC3").ends_with("line 1, column 4"));
    }

    #[test]
    fn more_bytes_than_the_limit_are_refused_and_both_are_named() {
        assert!(decode(vec![b'a'; 1 << 20], 1 << 20).is_ok());
        assert_eq!(
            decode(vec![b'a'; (1 << 20) + 1], 1 << 20),
            Err("is too large: 1048577 bytes, over the limit of 1048576 (1 MiB)".to_owned())
        );
    }
}
