//! Files opened so that nothing blocks and nothing fills the memory, and what is said otherwise.

use std::{
    fs::{self, File, FileType},
    io::{self, ErrorKind, Read},
    path::Path,
};

use crate::decode::too_large;

/// What the system says of a chain of symbolic links without an end; `ErrorKind` does not tell.
const LINK_LOOP: i32 = match () {
    () if cfg!(windows) => 1921,
    () if cfg!(any(target_os = "linux", target_os = "android")) => 40,
    () => 62,
};

/// The bytes of a regular file, at most `limit`.
pub(super) fn read(path: &Path, limit: u32) -> Result<Vec<u8>, String> {
    let failed = |error: io::Error| reason(&error);
    // Asked before the file is opened, since opening a named pipe waits for a writer.
    let metadata = fs::metadata(path).map_err(failed)?;
    let size = metadata.len();
    if !metadata.is_file() {
        return Err(not_a_file(metadata.file_type()).to_owned());
    }
    if size > u64::from(limit) {
        return Err(too_large(size, limit));
    }
    // One more than there is, so that the end is seen without growing.
    let mut bytes = Vec::with_capacity(usize::try_from(size + 1).unwrap_or_default());
    let file = File::open(path).map_err(failed)?;
    let mut bounded = file.take(u64::from(limit) + 1);
    bounded.read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > limit as usize {
        return Err(format!("grows while it is read, beyond {limit} bytes"));
    }
    Ok(bytes)
}

/// What something is that is not a regular file.
pub(super) fn not_a_file(file_type: FileType) -> &'static str {
    if file_type.is_dir() {
        return "is a folder, not a file";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if file_type.is_fifo() {
            return "is a named pipe, not a file";
        }
        if file_type.is_socket() {
            return "is a socket, not a file";
        }
        if file_type.is_block_device() || file_type.is_char_device() {
            return "is a device, not a file";
        }
    }
    "is not a regular file"
}

/// An error of the system in a few words.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "does not exist".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ if is_link_loop(error) => "symbolic link loop".to_owned(),
        _ => lower_case(&error.to_string()),
    }
}

fn is_link_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(LINK_LOOP)
}

fn lower_case(message: &str) -> String {
    let mut rest = message.chars();
    let first = rest.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(rest).collect()
}
