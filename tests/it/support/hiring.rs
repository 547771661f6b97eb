//! The office's directory: units, branches, sellers and everybody who works there.

use tonic::transport::Channel;
use zhenshi_proto::zhenshi::v1::{
    self as proto, StaffRole, directory_service_client::DirectoryServiceClient,
};

use super::{
    applications::{date, man},
    cases::{DIRECT_UNIT, Member, Office, SELLERS, STAFF, Sale},
    directory::with,
    service::CHANNELS,
};

use proto::Channel::{Bancassurance, Direct, IndividualAgents, Intermediaries};

impl Office {
    pub(super) async fn hire(&mut self) {
        let token = self.service.token("office", &["*"], &CHANNELS).await;
        let url = self.service.url();
        let mut client =
            DirectoryServiceClient::new(Channel::from_shared(url).unwrap().connect().await.unwrap());
        for (code, channel) in [
            ("U-AGENTS", IndividualAgents),
            ("U-BANK", Bancassurance),
            ("U-BROKERS", Intermediaries),
            (DIRECT_UNIT, Direct),
        ] {
            let unit = proto::ChannelUnit {
                code: code.into(),
                name: "示例渠道部".into(),
                channel: channel.into(),
                ..proto::ChannelUnit::default()
            };
            let message = proto::UpsertChannelUnitRequest {
                request_id: self.request_id(),
                channel_unit: Some(unit),
                ..proto::UpsertChannelUnitRequest::default()
            };
            client.upsert_channel_unit(with(&token, message)).await.unwrap();
        }
        for code in ["4401", "4402"] {
            let branch =
                proto::Branch {
                    code: code.into(), name: "示例分公司".into(), ..proto::Branch::default()
                };
            let message = proto::UpsertBranchRequest {
                request_id: self.request_id(),
                branch: Some(branch),
                ..proto::UpsertBranchRequest::default()
            };
            client.upsert_branch(with(&token, message)).await.unwrap();
        }
        // Whoever is named by others comes first.
        for role in [StaffRole::ChannelHead, StaffRole::TeamLeader] {
            for member in STAFF.into_iter().filter(|member| member.1 == role) {
                self.change_staff(staff_member(member)).await;
            }
        }
        for (code, sale, leader, n) in SELLERS {
            let message = proto::UpsertSellerRequest {
                request_id: self.request_id(),
                seller: Some(seller(code, sale, leader, n)),
                ..proto::UpsertSellerRequest::default()
            };
            client.upsert_seller(with(&token, message)).await.unwrap();
        }
        for member in STAFF {
            self.change_staff(staff_member(member)).await;
        }
        for (code, ..) in STAFF {
            let secret = self.service.staff_token(code).await;
            self.tokens.insert(code, secret);
        }
        self.app().directory.refresh().await.unwrap();
    }

    /// Gives a token to somebody who is in the directory by now.
    pub async fn give_token(&mut self, code: &'static str) {
        let secret = self.service.staff_token(code).await;
        self.tokens.insert(code, secret);
    }

    /// Writes an entry of the directory for a member of staff.
    pub async fn change_staff(&self, member: proto::StaffMember) {
        let token = self.service.token("office", &["*"], &CHANNELS).await;
        let message = proto::UpsertStaffMemberRequest {
            request_id: self.request_id(),
            staff_member: Some(member),
            ..proto::UpsertStaffMemberRequest::default()
        };
        let url = self.service.url();
        let mut client =
            DirectoryServiceClient::new(Channel::from_shared(url).unwrap().connect().await.unwrap());
        client.upsert_staff_member(with(&token, message)).await.unwrap();
    }
}

/// The entry of a member of staff.
pub fn staff_member((code, role, channel, branch_code, leader, n): Member) -> proto::StaffMember {
    let person = man(n);
    proto::StaffMember {
        code: code.into(),
        name: person.name.clone(),
        role: role.into(),
        channel: channel.into(),
        branch_code: branch_code.into(),
        team_leader_code: leader.into(),
        certificate_kind: proto::CertificateKind::ResidentId.into(),
        certificate_number: person.certificate.unwrap().number,
        phones: person.phones,
        ..proto::StaffMember::default()
    }
}

fn seller(code: &str, sale: Sale, leader: &str, n: u32) -> proto::Seller {
    let person = man(n);
    let kind = if sale.channel == Bancassurance {
        proto::SellerKind::BancassuranceSpecialist
    } else {
        proto::SellerKind::Agent
    };
    proto::Seller {
        code: code.into(),
        name: person.name.clone(),
        kind: kind.into(),
        channel: sale.channel.into(),
        branch_code: sale.branch_code.into(),
        team_leader_code: leader.into(),
        certificate_kind: proto::CertificateKind::ResidentId.into(),
        certificate_number: person.certificate.unwrap().number,
        phones: person.phones,
        qualified_from: Some(date(2020, 1, 1)),
        ..proto::Seller::default()
    }
}
