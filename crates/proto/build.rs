//! Compiles `proto/zhenshi/v1` with protox, so that no protoc is needed, and keeps the descriptor set beside the code.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

/// Files of the API, in the order in which they are read.
const FILES: &[&str] = &[
    "zhenshi/v1/application.proto",
    "zhenshi/v1/finding.proto",
    "zhenshi/v1/submission.proto",
    "zhenshi/v1/validation_service.proto",
    "zhenshi/v1/suspicion.proto",
    "zhenshi/v1/suspicion_service.proto",
    "zhenshi/v1/calendar_service.proto",
    "zhenshi/v1/policy_event_service.proto",
    "zhenshi/v1/directory.proto",
    "zhenshi/v1/directory_service.proto",
    "zhenshi/v1/case.proto",
    "zhenshi/v1/case_service.proto",
    "zhenshi/v1/delivery.proto",
    "zhenshi/v1/event_service.proto",
    "zhenshi/v1/audit.proto",
    "zhenshi/v1/privacy.proto",
    "zhenshi/v1/privacy_erasure.proto",
    "zhenshi/v1/privacy_class.proto",
    "zhenshi/v1/privacy_export.proto",
    "zhenshi/v1/privacy_incident.proto",
    "zhenshi/v1/privacy_loan.proto",
    "zhenshi/v1/privacy_service.proto",
    "zhenshi/v1/error_reason.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());

    let descriptors = protox::compile(FILES, [&root])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("zhenshi_descriptor.bin"), descriptors.encode_to_vec())?;

    // Derived Debug prints whole customers: lib.rs writes one that prints the name of the message only. Enumerations
    // keep theirs.
    let messages: Vec<String> = descriptors
        .file
        .iter()
        .flat_map(|file| {
            file.message_type.iter().map(move |message| format!(".{}.{}", file.package(), message.name()))
        })
        .collect();
    tonic_prost_build::configure()
        .build_client(true)
        .build_server(true)
        .skip_debug(messages)
        .compile_fds(descriptors)?;
    Ok(())
}
