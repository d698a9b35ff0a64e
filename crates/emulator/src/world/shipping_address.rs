//! Shipping addresses: where parcels reach the user, once they agreed to tell.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use jiff::Timestamp;

use super::credentials::Credentials;
use super::{Command, World};
use crate::fault::ApiFault;
use crate::seed::ShippingAddress;

const ITEM: &str = "shipping_address";
const DEFAULT_PAGE_SIZE: usize = 10;
const SMALLEST_PAGE_SIZE: usize = 2;

/// Asks for a page of addresses, with the parameters as they came.
pub(crate) struct ListShippingAddresses {
    pub(crate) credentials: Credentials,
    pub(crate) address_id: Option<String>,
    pub(crate) from_updated_at: Option<String>,
    pub(crate) page_size: Option<String>,
}

/// The addresses of a user.
pub(crate) struct ShippingAddresses {
    pub(crate) user_id: i64,
    /// None until they agree to tell.
    pub(crate) addresses: Option<Vec<ShippingAddress>>,
}

impl Command for ListShippingAddresses {
    type Reply = ShippingAddresses;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<ShippingAddresses, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        caller.require_enabled(ITEM, "SHIPPING_ADDRESS")?;
        let address_id = number::<i64>("address_id", self.address_id.as_deref())?;
        let from = number::<i64>("from_updated_at", self.from_updated_at.as_deref())?;
        let page_size = number::<usize>("page_size", self.page_size.as_deref())?.unwrap_or(DEFAULT_PAGE_SIZE);
        if page_size < SMALLEST_PAGE_SIZE {
            return Err(ApiFault::unsatisfied("page_size", "It must be at least 2."));
        }
        let addresses = &caller.person.shipping_addresses;
        let addresses = caller.may_know(ITEM).then(|| match address_id {
            Some(id) => addresses.iter().filter(|address| address.id == id).cloned().collect(),
            None => page(addresses, from, page_size),
        });
        Ok(ShippingAddresses { user_id: caller.user_id(), addresses })
    }
}

/// The default address stands first on every page; the others come newest first, from before a time.
fn page(addresses: &[ShippingAddress], from: Option<i64>, page_size: usize) -> Vec<ShippingAddress> {
    let updated_at = |address: &ShippingAddress| address.updated_at.unwrap_or(0);
    // Zero means the same as nothing: from the newest.
    let from = from.filter(|from| *from != 0);
    let (mut page, mut others): (Vec<_>, Vec<_>) =
        addresses.iter().cloned().partition(|address| address.is_default);
    others.retain(|address| from.is_none_or(|from| updated_at(address) < from));
    others.sort_by_key(|address| std::cmp::Reverse(updated_at(address)));
    page.extend(others);
    page.truncate(page_size);
    page
}

fn number<T: std::str::FromStr>(name: &str, value: Option<&str>) -> Result<Option<T>, ApiFault> {
    value.map(str::parse).transpose().map_err(|_| ApiFault::unparsable(name))
}
