//! Who may see personal data in clear, for what, and for how long (fifth text, 17–24): pure decisions.
//!
//! [`approval`] says who decides on a request, [`grant`] whether what was granted covers what is asked at this moment,
//! [`assignment`] what being assigned a case is worth without a request, [`quota`] how much one person may look up.
//! To add a field that can be asked for, add its line to [`Field::ALL`]; its number is the wire's and the table's.

pub mod approval;
pub mod assignment;
pub mod grant;
pub mod quota;

use crate::coded_enum;

coded_enum! {
    /// A part of what is kept of a person. Append-only: the numbers are the wire's and the tables'.
    Field {
        /// Name.
        Name = 1,
        /// Sex.
        Sex = 2,
        /// Birth date.
        BirthDate = 3,
        /// Kind, number and validity of the certificate.
        Certificate = 4,
        /// Phones.
        Phones = 5,
        /// E-mail address.
        Email = 6,
        /// Address.
        Address = 7,
        /// Bank accounts with their holders.
        Accounts = 8,
        /// Nationality.
        Nationality = 9,
        /// Pieces of evidence of a case: read piece by piece, never revealed or exported with the fields of a person.
        Evidence = 10,
    }
}

coded_enum! {
    /// What data are asked for to do. Append-only.
    Purpose {
        /// To investigate a case (fourth text, 13).
        Investigation = 1,
        /// To verify a case (fourth text, 13).
        Verification = 2,
        /// A call-back.
        CallBack = 3,
        /// To answer an enquiry (fourth text, 17, 19): who asks and how he was identified has to be said.
        Enquiry = 4,
        /// A servicing change.
        Servicing = 5,
        /// A claim.
        Claim = 6,
        /// Compliance (fourth text, 22 to 24).
        Compliance = 7,
        /// What a court or an authority may ask for by law.
        Authority = 8,
    }
}

coded_enum! {
    /// How secret a customer's file is (fifth text, 22). Append-only, in rising order.
    SecrecyClass {
        /// 一般: as every customer's.
        Ordinary = 1,
        /// 机密.
        Confidential = 2,
        /// 绝密.
        TopSecret = 3,
    }
}

impl SecrecyClass {
    /// Whether the file is kept apart, by a custodian.
    pub const fn is_classified(self) -> bool {
        !matches!(self, Self::Ordinary)
    }
}

coded_enum! {
    /// Which place somebody has in the organisation, as far as it decides about requests.
    Office {
        /// 客户服务部.
        CustomerService = 1,
        /// 渠道内勤.
        Clerk = 2,
        /// 业务团队负责人.
        TeamLeader = 3,
        /// 销售渠道负责人.
        ChannelHead = 4,
        /// 合规.
        Compliance = 5,
        /// 客户信息主管.
        InformationSupervisor = 6,
        /// 客户服务部经理.
        CustomerServiceManager = 7,
        /// Every other place.
        Other = 8,
    }
}

/// What access is asked or given to. The numbers are ids, as 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Everything in force of one customer.
    Customer(u128),
    /// One party of one submission.
    Party(u128, i16),
    /// One customer in a case.
    CaseMember(u128, u128),
    /// Every customer in a case.
    Case(u128),
}

impl Subject {
    /// Whether one customer is named: what a classified file needs.
    pub const fn names_one(self) -> bool {
        !matches!(self, Self::Case(_))
    }
}

/// Defines an enumeration with stable numbers, every value of it, and the way back from a number.
#[macro_export]
macro_rules! coded_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $number:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$value_doc])* $value = $number),+ }

        impl $name {
            /// Every value, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// Its number in the store and the API, from 1.
            pub const fn code(self) -> i16 {
                self as i16
            }

            /// The value with this number.
            pub fn from_code(code: i16) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }

            /// Its name in audit entries.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => stringify!($value)),+ }
            }
        }
    };
}
