//! Base64 as Go reads it: `encoding/base64`'s `StdEncoding`, which `encoding/json` uses for bytes.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Padding is demanded, bits left over at the end are not looked at.
const GO: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The bytes that `text` stands for; `None` where Go refuses it.
///
/// Go skips line breaks wherever they stand, and no other blank.
///
/// ```
/// use kube_lint_core::model::decode_base64;
///
/// assert_eq!(decode_base64("aGk=\n").as_deref(), Some(&b"hi"[..]));
/// assert_eq!(decode_base64("aG\r\nk="), decode_base64("aGk="));
/// assert_eq!(decode_base64("aGk"), None);
/// assert_eq!(decode_base64("aG k="), None);
/// assert_eq!(decode_base64("_-8="), None);
/// ```
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        return GO.decode(text).ok();
    }
    let bytes = text.bytes().filter(|it| !matches!(it, b'\n' | b'\r'));
    GO.decode(bytes.collect::<Vec<_>>()).ok()
}

/// `bytes` in base64 with padding.
pub fn encode_base64(bytes: &[u8]) -> String {
    GO.encode(bytes)
}
