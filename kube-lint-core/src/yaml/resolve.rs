//! What kubectl takes a scalar for: the rules of go-yaml v2's `resolve.go`, YAML 1.1 with gaps.

use std::borrow::Cow;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::number::{key_of_float, parse_binary, parse_dotted, parse_float, parse_int, parse_uint};

/// A scalar as kubectl reads it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scalar<'a> {
    /// Nothing, `~` or `null`.
    Null,
    /// `true`, `yes`, `on`, `y` and their opposites.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above [`i64::MAX`].
    Uint(u64),
    /// Any other number; may be infinite or not a number, which JSON cannot hold.
    Float(f64),
    /// Everything else.
    Str(&'a str),
}

/// The tags that change what a scalar is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tag {
    Str,
    Bool,
    Int,
    Float,
    Null,
    Timestamp,
    Binary,
    Merge,
    /// `!` alone: the value is a string, yet `! <<` still merges.
    NonSpecific,
    /// Any other tag: the value is a string.
    Other,
}

impl Tag {
    /// The tag with this full name (`tag:yaml.org,2002:int`).
    pub(super) fn named(name: &str) -> Self {
        if name == "!" {
            return Self::NonSpecific;
        }
        match name.strip_prefix("tag:yaml.org,2002:") {
            Some("str") => Self::Str,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("null") => Self::Null,
            Some("timestamp") => Self::Timestamp,
            Some("binary") => Self::Binary,
            Some("merge") => Self::Merge,
            _ => Self::Other,
        }
    }
}

/// The value of a plain scalar without a tag.
pub(super) fn plain(text: &str) -> Scalar<'_> {
    let Some(&first) = text.as_bytes().first() else {
        return Scalar::Null;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => infinity(text)
            .or_else(|| parse_dotted(text))
            .map(Scalar::Float),
        b'+' | b'-' => infinity(text).map(Scalar::Float).or_else(|| number(text)),
        b'0'..=b'9' => number(text),
        _ => None,
    }
    .unwrap_or(Scalar::Str(text))
}

fn word(text: &str) -> Option<Scalar<'_>> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        _ => return None,
    })
}

fn infinity(text: &str) -> Option<f64> {
    match text {
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn number(text: &str) -> Option<Scalar<'_>> {
    let plain: Cow<'_, str> = if text.contains('_') {
        text.replace('_', "").into()
    } else {
        text.into()
    };
    parse_int(&plain)
        .map(Scalar::Int)
        .or_else(|| parse_uint(&plain).map(Scalar::Uint))
        .or_else(|| parse_float(&plain).map(Scalar::Float))
        .or_else(|| parse_binary(&plain).map(Scalar::Int))
}

/// The value of a scalar with a tag, however it is quoted; `None` where the tag does not fit, which
/// kubectl refuses.
///
/// [`Tag::Binary`] is not decoded here, see [`binary`].
pub(super) fn tagged(tag: Tag, text: &str) -> Option<Scalar<'_>> {
    let value = match tag {
        Tag::Str | Tag::Binary | Tag::Merge | Tag::NonSpecific | Tag::Other => {
            return Some(Scalar::Str(text));
        }
        Tag::Timestamp => return is_timestamp(text).then_some(Scalar::Str(text)),
        Tag::Bool | Tag::Int | Tag::Float | Tag::Null => plain(text),
    };
    match (tag, value) {
        (Tag::Bool, Scalar::Bool(_))
        | (Tag::Int, Scalar::Int(_) | Scalar::Uint(_))
        | (Tag::Float, Scalar::Float(_))
        | (Tag::Null, Scalar::Null) => Some(value),
        #[expect(clippy::cast_precision_loss, reason = "the rounding is kubectl's")]
        (Tag::Float, Scalar::Int(whole)) => Some(Scalar::Float(whole as f64)),
        _ => None,
    }
}

/// What a `!!binary` scalar holds; `None` where it is not base64.
///
/// Bytes that are not UTF-8 become replacement characters, as in Go's JSON.
pub(super) fn binary(text: &str) -> Option<String> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
            .with_decode_allow_trailing_bits(true),
    );
    let text = text.replace(['\n', '\r'], "");
    let bytes = ENGINE.decode(text).ok()?;
    let mut decoded = String::with_capacity(bytes.len());
    for part in bytes.utf8_chunks() {
        decoded.push_str(part.valid());
        decoded.extend(part.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Some(decoded)
}

/// The JSON key that `sigs.k8s.io/yaml` makes of a value (`convertToJSONableObject`); `None` where
/// it refuses.
pub(super) fn key(value: Scalar<'_>) -> Option<Cow<'_, str>> {
    Some(match value {
        Scalar::Null | Scalar::Uint(_) => return None,
        Scalar::Bool(true) => "true".into(),
        Scalar::Bool(false) => "false".into(),
        Scalar::Int(number) => number.to_string().into(),
        Scalar::Float(number) => key_of_float(number).into(),
        Scalar::Str(text) => text.into(),
    })
}

/// Whether go-yaml's `parseTimestamp` accepts the text: a date, or a date and a time.
fn is_timestamp(text: &str) -> bool {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at), text.get(at..)),
        None => (Some(text), None),
    };
    date.is_some_and(is_date) && time.is_none_or(is_time)
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    if year.len() != 4 {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// The time behind a date, with the letter or blank before it: a zone must follow the letter and
/// must not follow the blank.
fn is_time(text: &str) -> bool {
    let zoned = !text.starts_with(' ');
    let Some(text) = text.get(1..) else {
        return false;
    };
    let (time, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at..)),
        None => (text, None),
    };
    is_clock(time) && zone.is_some() == zoned && zone.is_none_or(is_zone)
}

fn is_clock(text: &str) -> bool {
    let (clock, fraction) = match text.find(['.', ',']) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let fits = |part: Option<&str>, below: u32| {
        part.and_then(|part| digits(part, 2))
            .is_some_and(|number| number < below)
    };
    fits(parts.next(), 24)
        && fits(parts.next(), 60)
        && fits(parts.next(), 60)
        && parts.next().is_none()
        && fraction.is_none_or(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()))
}

fn is_zone(text: &str) -> bool {
    if text == "Z" {
        return true;
    }
    let Some((hours, minutes)) = text.get(1..).and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let fits = |part: &str, below| {
        part.len() == 2 && digits(part, 2).is_some_and(|number: u32| number < below)
    };
    !text.starts_with('Z') && fits(hours, 25) && fits(minutes, 60)
}

fn digits(text: &str, most: usize) -> Option<u32> {
    let fits = (1..=most).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}
