//! Bytes to text.

pub(crate) fn decode(bytes: Vec<u8>, max_bytes: usize) -> Result<String, String> {
    if bytes.len() > max_bytes { return Err("too large".to_owned()); }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}
