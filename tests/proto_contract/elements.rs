//! The elements of an API, each under a key that callers depend on, with the shape that they depend on.

use std::collections::BTreeMap;

use prost::Message as _;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    ServiceDescriptorProto,
};

/// Key of an element (fields and enum values by number) and its shape.
pub(crate) type Elements = BTreeMap<String, String>;

/// Reads a descriptor set.
pub(crate) fn decode(bytes: &[u8]) -> FileDescriptorSet {
    FileDescriptorSet::decode(bytes).expect("a descriptor set")
}

/// What was there in `before` and is gone or another in `after`.
pub(crate) fn breaks(before: &Elements, after: &Elements) -> Vec<String> {
    let mut found = Vec::new();
    for (key, shape) in before {
        match after.get(key) {
            None => found.push(format!("removed: {key}")),
            Some(now) if now != shape => found.push(format!("changed: {key}: was {shape}, is {now}")),
            Some(_) => {}
        }
    }
    found
}

/// What is in `after` only.
pub(crate) fn additions(before: &Elements, after: &Elements) -> Vec<String> {
    after.keys().filter(|key| !before.contains_key(*key)).map(|key| format!("added: {key}")).collect()
}

/// All elements of a descriptor set.
pub(crate) fn elements(set: &FileDescriptorSet) -> Elements {
    let mut all = Elements::new();
    for file in &set.file {
        let (scope, java) = (file.package(), java(file));
        for message in &file.message_type {
            add_message(&mut all, scope, message, &java);
        }
        for enumeration in &file.enum_type {
            add_enum(&mut all, scope, enumeration, &java);
        }
        for service in &file.service {
            add_service(&mut all, scope, service, &java);
        }
    }
    all
}

/// Where the generated Java classes stand: callers' imports depend on it.
fn java(file: &FileDescriptorProto) -> String {
    let options = file.options.clone().unwrap_or_default();
    format!("java package {:?}, multiple files {}", options.java_package(), options.java_multiple_files())
}

fn add_message(all: &mut Elements, scope: &str, message: &DescriptorProto, java: &str) {
    let name = format!("{scope}.{}", message.name());
    all.insert(format!("message {name}"), java.to_owned());
    for field in &message.field {
        all.insert(format!("field {name} {}", field.number()), field_shape(message, field));
    }
    for nested in &message.nested_type {
        add_message(all, &name, nested, java);
    }
    for nested in &message.enum_type {
        add_enum(all, &name, nested, java);
    }
}

fn field_shape(message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let oneof = field.oneof_index.and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?));
    format!(
        "{} (json {}): {} {} {}, oneof {:?}",
        field.name(),
        field.json_name(),
        field.label().as_str_name(),
        field.r#type().as_str_name(),
        field.type_name(),
        oneof.map(prost_types::OneofDescriptorProto::name),
    )
}

fn add_enum(all: &mut Elements, scope: &str, enumeration: &EnumDescriptorProto, java: &str) {
    let name = format!("{scope}.{}", enumeration.name());
    all.insert(format!("enum {name}"), java.to_owned());
    for value in &enumeration.value {
        all.insert(format!("enum value {name} {}", value.number()), value.name().to_owned());
    }
}

fn add_service(all: &mut Elements, scope: &str, service: &ServiceDescriptorProto, java: &str) {
    let name = format!("{scope}.{}", service.name());
    all.insert(format!("service {name}"), java.to_owned());
    for rpc in &service.method {
        let stream = |streams: bool| if streams { "stream " } else { "" };
        let shape = format!(
            "{}{} -> {}{}",
            stream(rpc.client_streaming()),
            rpc.input_type(),
            stream(rpc.server_streaming()),
            rpc.output_type()
        );
        all.insert(format!("rpc {name}/{}", rpc.name()), shape);
    }
}

/// Places in a descriptor set, for tests that plant a fault there.
pub(crate) mod planted {
    use super::{
        DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet, ServiceDescriptorProto,
    };

    /// The top-level message `name`.
    pub(crate) fn message<'a>(set: &'a mut FileDescriptorSet, name: &str) -> &'a mut DescriptorProto {
        set.file
            .iter_mut()
            .flat_map(|file| &mut file.message_type)
            .find(|found| found.name() == name)
            .expect("a message")
    }

    /// The field `name` of the top-level message `of`.
    pub(crate) fn field<'a>(
        set: &'a mut FileDescriptorSet,
        of: &str,
        name: &str,
    ) -> &'a mut FieldDescriptorProto {
        message(set, of).field.iter_mut().find(|found| found.name() == name).expect("a field")
    }

    /// The top-level enum `name`.
    pub(crate) fn enumeration<'a>(set: &'a mut FileDescriptorSet, name: &str) -> &'a mut EnumDescriptorProto {
        set.file
            .iter_mut()
            .flat_map(|file| &mut file.enum_type)
            .find(|found| found.name() == name)
            .expect("an enum")
    }

    /// The service `name`.
    pub(crate) fn service<'a>(set: &'a mut FileDescriptorSet, name: &str) -> &'a mut ServiceDescriptorProto {
        set.file
            .iter_mut()
            .flat_map(|file| &mut file.service)
            .find(|found| found.name() == name)
            .expect("a service")
    }
}
