//! The API's descriptors for proxies and tools: our own, and those of the error details that travel inside of statuses.

use prost::{DecodeError, Message as _};
use prost_types::{FileDescriptorProto, FileDescriptorSet};

/// Where the error details' files lie in everybody else's trees; tonic-types names them without it.
const DETAILS_FOLDER: &str = "google/rpc/";

/// An encoded `google.protobuf.FileDescriptorSet` with everything that is imported, each type once and after what it needs.
///
/// # Errors
/// Only if the build embedded something else.
pub fn descriptor_set() -> Result<Vec<u8>, DecodeError> {
    let mut set = FileDescriptorSet::decode(zhenshi_proto::FILE_DESCRIPTOR_SET)?;
    let details = FileDescriptorSet::decode(tonic_types::pb::FILE_DESCRIPTOR_SET)?;
    for mut file in details.file {
        let known = set.file.iter().any(|known| same(known, &file) || shares_a_type(known, &file));
        if !known {
            if file.package() == "google.rpc" && !file.name().starts_with(DETAILS_FOLDER) {
                file.name = Some(format!("{DETAILS_FOLDER}{}", file.name()));
            }
            set.file.push(file);
        }
    }
    Ok(set.encode_to_vec())
}

fn same(one: &FileDescriptorProto, other: &FileDescriptorProto) -> bool {
    one.name == other.name
}

fn shares_a_type(one: &FileDescriptorProto, other: &FileDescriptorProto) -> bool {
    let has = |name: &str| one.message_type.iter().any(|message| message.name() == name);
    one.package == other.package && other.message_type.iter().any(|message| has(message.name()))
}
