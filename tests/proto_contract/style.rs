//! Rules of style that a machine can hold: every element has a comment, names are of one pattern.

use std::collections::BTreeMap;

use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet};

/// The package that is ours; others are as their owners wrote them.
const PACKAGE: &str = "zhenshi.v1";

// Field numbers of descriptor.proto, of which the paths of source locations are made.
const FILE_MESSAGE: i32 = 4;
const FILE_ENUM: i32 = 5;
const FILE_SERVICE: i32 = 6;
const MESSAGE_FIELD: i32 = 2;
const MESSAGE_NESTED: i32 = 3;
const MESSAGE_ENUM: i32 = 4;
const MESSAGE_ONEOF: i32 = 8;
const ENUM_VALUE: i32 = 2;
const SERVICE_METHOD: i32 = 2;

fn ours(set: &FileDescriptorSet) -> impl Iterator<Item = &FileDescriptorProto> {
    set.file.iter().filter(|file| file.package() == PACKAGE)
}

/// Elements without a comment before them, or with one that does not begin with the element's name (enum values need no
/// name).
pub(crate) fn uncommented(set: &FileDescriptorSet) -> Vec<String> {
    let mut found = Vec::new();
    for file in ours(set) {
        let mut walk = Walk { comments: comments(file), found: &mut found };
        for (at, message) in (0..).zip(&file.message_type) {
            walk.message(PACKAGE, message, &[FILE_MESSAGE, at]);
        }
        for (at, enumeration) in (0..).zip(&file.enum_type) {
            walk.enumeration(PACKAGE, enumeration, &[FILE_ENUM, at]);
        }
        for (at, service) in (0..).zip(&file.service) {
            let name = walk.named(PACKAGE, service.name(), &[FILE_SERVICE, at]);
            for (rpc_at, rpc) in (0..).zip(&service.method) {
                walk.named(&name, rpc.name(), &[FILE_SERVICE, at, SERVICE_METHOD, rpc_at]);
            }
        }
    }
    found
}

/// Comments of a file by the path of their element.
fn comments(file: &FileDescriptorProto) -> BTreeMap<&[i32], &str> {
    let locations = file.source_code_info.iter().flat_map(|info| &info.location);
    locations.map(|location| (location.path.as_slice(), location.leading_comments().trim())).collect()
}

/// A walk over the elements of one file.
struct Walk<'a> {
    comments: BTreeMap<&'a [i32], &'a str>,
    found: &'a mut Vec<String>,
}

// === impl Walk ===

impl Walk<'_> {
    fn comment(&self, path: &[i32]) -> &str {
        self.comments.get(path).copied().unwrap_or_default()
    }

    /// Checks an element whose comment begins with its name, and returns its full name.
    fn named(&mut self, scope: &str, name: &str, path: &[i32]) -> String {
        let full = format!("{scope}.{name}");
        if self.comment(path).split_whitespace().next() != Some(name) {
            self.found.push(full.clone());
        }
        full
    }

    fn message(&mut self, scope: &str, message: &DescriptorProto, path: &[i32]) {
        let below = |number, at| [path, &[number, at]].concat();
        let name = self.named(scope, message.name(), path);
        for (at, field) in (0..).zip(&message.field) {
            self.named(&name, field.name(), &below(MESSAGE_FIELD, at));
        }
        for (at, oneof) in (0..).zip(&message.oneof_decl) {
            // proto3 `optional` makes a oneof of its own, which nobody wrote.
            let synthetic = message.field.iter().any(|f| f.proto3_optional() && f.oneof_index == Some(at));
            if !synthetic {
                self.named(&name, oneof.name(), &below(MESSAGE_ONEOF, at));
            }
        }
        for (at, nested) in (0..).zip(&message.nested_type) {
            self.message(&name, nested, &below(MESSAGE_NESTED, at));
        }
        for (at, nested) in (0..).zip(&message.enum_type) {
            self.enumeration(&name, nested, &below(MESSAGE_ENUM, at));
        }
    }

    fn enumeration(&mut self, scope: &str, enumeration: &EnumDescriptorProto, path: &[i32]) {
        let name = self.named(scope, enumeration.name(), path);
        for (at, value) in (0..).zip(&enumeration.value) {
            if self.comment(&[path, &[ENUM_VALUE, at]].concat()).is_empty() {
                self.found.push(format!("{name}.{}", value.name()));
            }
        }
    }
}

/// Top-level names that break a rule: each rpc has a request and a response of its own, enum values carry the name of
/// their enum, and zero is `_UNSPECIFIED`.
pub(crate) fn misnamed(set: &FileDescriptorSet) -> Vec<String> {
    let mut found = Vec::new();
    for file in ours(set) {
        for rpc in file.service.iter().flat_map(|service| &service.method) {
            let types = [(rpc.input_type(), "Request"), (rpc.output_type(), "Response")];
            for (given, suffix) in types {
                if given != format!(".{PACKAGE}.{}{suffix}", rpc.name()) {
                    found.push(format!("{} takes or gives {given}, not {}{suffix}", rpc.name(), rpc.name()));
                }
            }
        }
        for enumeration in &file.enum_type {
            let prefix = screaming(enumeration.name());
            for value in &enumeration.value {
                let rest = value.name().strip_prefix(&prefix);
                if rest.is_none() || (value.number() == 0) != (rest == Some("UNSPECIFIED")) {
                    found.push(format!("{} = {} of {}", value.name(), value.number(), enumeration.name()));
                }
            }
        }
    }
    found
}

/// `ErrorReason` as `ERROR_REASON_`.
fn screaming(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(character.to_uppercase());
    }
    out + "_"
}
