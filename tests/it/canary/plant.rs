//! Requests with a planted value in every text field, made from the descriptors: a new field is planted by itself.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value};

/// What every value of the two scripts begins with.
pub const MARKS: [&str; 2] = ["Zk7Kanari", "金丝雀藏"];
/// The same for fields that stand in plain in the database: they name contracts and sellers, not customers.
pub const PLAIN_MARKS: [&str; 2] = ["Zk7Plain", "明码雀放"];
/// Those fields of `Application`. Everything else of it is sealed.
const PLAIN: [&str; 7] = [
    "source",
    "application_no",
    "policy_no",
    "original_application_no",
    "branch_code",
    "seller_code",
    "agency_code",
];

/// The script of the planted values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    Latin,
    Chinese,
}

impl Script {
    pub const ALL: [Self; 2] = [Self::Latin, Self::Chinese];
}

/// Plants values and counts them.
pub struct Planter {
    script: Script,
    planted: u32,
}

impl Planter {
    pub const fn new(script: Script, first: u32) -> Self {
        Self { script, planted: first }
    }

    /// How many values were planted so far, from `first` on.
    pub const fn planted(&self) -> u32 {
        self.planted
    }

    /// A message of `descriptor` with everything filled: texts by planted values, the rest by what can be read.
    pub fn message(&mut self, descriptor: &MessageDescriptor) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            let value = self.value(&field);
            let value = if field.is_list() { Value::List(vec![value.clone(), value]) } else { value };
            assert!(!field.is_map(), "maps are not planted yet: {}", field.full_name());
            message.set_field(&field, value);
        }
        match descriptor.full_name() {
            "google.type.Date" => set(&mut message, [("year", 1985), ("month", 3), ("day", 15)]),
            // Judged in full: article 4 asks for a class and a long term, and for no group.
            "zhenshi.v1.Product" => message.set_field_by_name("group", Value::Bool(false)),
            "zhenshi.v1.ValidateApplicationRequest" => {
                message.set_field_by_name("validate_only", Value::Bool(false));
            }
            _ => {}
        }
        message
    }

    fn value(&mut self, field: &FieldDescriptor) -> Value {
        match field.kind() {
            Kind::String => Value::String(self.text(field)),
            Kind::Bytes => Value::Bytes(self.text(field).into_bytes().into()),
            Kind::Message(message) => Value::Message(self.message(&message)),
            // Any value but the first, which means "not given".
            Kind::Enum(kind) => Value::EnumNumber(kind.values().nth(1).unwrap().number()),
            Kind::Bool => Value::Bool(true),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(1),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(1),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(1),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(1),
            Kind::Float => Value::F32(1.0),
            Kind::Double => Value::F64(1.0),
        }
    }

    fn text(&mut self, field: &FieldDescriptor) -> String {
        self.planted += 1;
        let plain =
            field.parent_message().full_name() == "zhenshi.v1.Application" && PLAIN.contains(&field.name());
        let marks = if plain { PLAIN_MARKS } else { MARKS };
        // A source of other characters is refused before anything is recorded.
        let latin = self.script == Script::Latin || field.name() == "source";
        format!("{}{:06}", marks[usize::from(!latin)], self.planted)
    }
}

fn set(message: &mut DynamicMessage, fields: [(&str, i32); 3]) {
    for (name, number) in fields {
        message.set_field_by_name(name, Value::I32(number));
    }
}

/// The same message with a request id that is one, so that it is not refused for it.
pub fn with_request_id(mut message: DynamicMessage, id: u128) -> DynamicMessage {
    let id = uuid::Uuid::from_u128(0x7a6b_0000_0000_4000_8000_0000_0000_0000 + id).to_string();
    if message.descriptor().get_field_by_name("request_id").is_some() {
        message.set_field_by_name("request_id", Value::String(id));
    } else if let Some(Value::Message(inner)) = message.get_field_by_name_mut("request") {
        inner.set_field_by_name("request_id", Value::String(id));
    }
    message
}

#[test]
fn every_text_of_an_application_is_planted() {
    use prost::Message as _;
    use prost_reflect::DescriptorPool;
    use zhenshi_proto::zhenshi::v1::ValidateApplicationRequest;

    let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).unwrap();
    let descriptor = pool.get_message_by_name("zhenshi.v1.ValidateApplicationRequest").unwrap();
    let mut planter = Planter::new(Script::Chinese, 0);
    let bytes = planter.message(&descriptor).encode_to_vec();
    let request = ValidateApplicationRequest::decode(bytes.as_slice()).unwrap();
    let application = request.application.unwrap();
    let person = application.insureds[1].person.clone().unwrap();
    let address = person.address.unwrap();
    let account = &application.accounts[0];
    let certificate = person.certificate.unwrap();
    for text in [
        &person.name,
        &person.phones[1],
        &person.email,
        &certificate.number,
        &address.detail,
        &account.number,
    ] {
        assert!(text.starts_with(MARKS[1]), "{text}");
    }
    assert!(application.branch_code.starts_with(PLAIN_MARKS[1]));
    assert!(application.source.starts_with(PLAIN_MARKS[0]));
    assert!(planter.planted() > 30, "{}", planter.planted());
}
