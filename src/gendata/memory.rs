//! What the generator remembers of earlier applications, in pools of a fixed size: memory does not grow with the
//! count. An application goes into one pool at most, so that what is planted with one memory does not touch another.

use super::draft::Draft;
use super::holders::Holder;
use super::luck::Luck;
use super::people::Human;
use super::serial::BankAccount;
use super::truth::ApplicationRef;

/// How many each pool holds.
const POOL_SIZE: usize = 256;

/// A pool of a fixed size.
pub(super) struct Pool<T>(Vec<T>);

impl<T> Pool<T> {
    /// An empty pool.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Puts something in; a full pool forgets something else.
    pub(super) fn put(&mut self, item: T, luck: &mut Luck) {
        if self.0.len() < POOL_SIZE {
            self.0.push(item);
        } else {
            let place = luck.index(self.0.len());
            self.0[place] = item;
        }
    }

    /// Takes something out.
    pub(super) fn take(&mut self, luck: &mut Luck) -> Option<T> {
        if self.0.is_empty() {
            return None;
        }
        let place = luck.index(self.0.len());
        Some(self.0.swap_remove(place))
    }
}

/// A customer whose phone or account a stranger will use.
#[derive(Debug, Clone)]
pub(super) struct Victim {
    pub(super) application: ApplicationRef,
    pub(super) phone: String,
    pub(super) bank: BankAccount,
    /// Everybody in his application who uses the phone, and the account.
    pub(super) phone_holders: Vec<Holder>,
    pub(super) account_holders: Vec<Holder>,
}

/// A customer who comes back.
pub(super) struct Known {
    pub(super) application: ApplicationRef,
    pub(super) human: Human,
    /// Whether the earlier application carried an account of his.
    pub(super) has_account: bool,
    /// The spouse, when he was the only other party.
    pub(super) spouse: Option<Human>,
}

/// A payer with an approval.
pub(super) struct Payer {
    pub(super) application: ApplicationRef,
    pub(super) name: String,
    pub(super) number: String,
    pub(super) bank_code: &'static str,
}

/// All pools. Those by channel keep the channel, so that resending does not shift the mix.
pub(super) struct Memory {
    pub(super) victims: Pool<Victim>,
    /// The last victim that was taken: serves again when there is no other.
    last_victim: Option<Victim>,
    pub(super) known: Pool<Known>,
    pub(super) payers: Pool<Payer>,
    pub(super) to_resend: [Pool<Draft>; 4],
    pub(super) policies: [Pool<Draft>; 4],
}

impl Memory {
    /// Remembers nothing.
    pub(super) const fn new() -> Self {
        Self {
            victims: Pool::new(),
            last_victim: None,
            known: Pool::new(),
            payers: Pool::new(),
            to_resend: [const { Pool::new() }; 4],
            policies: [const { Pool::new() }; 4],
        }
    }

    /// A victim: none before the first application.
    pub(super) fn victim(&mut self, luck: &mut Luck) -> Option<Victim> {
        if let Some(victim) = self.victims.take(luck) {
            self.last_victim = Some(victim);
        }
        self.last_victim.clone()
    }
}
