//! Shipping addresses on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::fault::ApiFault;
use crate::http::api_host::ApiCall;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::seed::{AddressKind, ShippingAddress};
use crate::world::shipping_address::{ListShippingAddresses, ShippingAddresses};

#[derive(Serialize)]
struct ShippingAddressesAnswer {
    user_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_addresses: Option<Vec<AddressAnswer>>,
    shipping_addresses_needs_agreement: bool,
}

#[derive(Serialize)]
struct AddressAnswer {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    is_default: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    #[serde(rename = "type")]
    kind: AddressKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_phone_number1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_phone_number2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip_code: Option<String>,
}

impl From<ShippingAddress> for AddressAnswer {
    fn from(address: ShippingAddress) -> Self {
        Self {
            id: address.id,
            name: address.name,
            is_default: address.is_default,
            updated_at: address.updated_at,
            kind: address.kind,
            base_address: address.base_address,
            detail_address: address.detail_address,
            receiver_name: address.receiver_name,
            receiver_phone_number1: address.receiver_phone_number1,
            receiver_phone_number2: address.receiver_phone_number2,
            zone_number: address.zone_number,
            zip_code: address.zip_code,
        }
    }
}

pub(super) async fn list(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, .. } = call;
    let ShippingAddresses { user_id, addresses } = live.apply(ListShippingAddresses {
        credentials,
        address_id: parameters.owned("address_id"),
        from_updated_at: parameters.owned("from_updated_at"),
        page_size: parameters.owned("page_size"),
    })?;
    let answer = ShippingAddressesAnswer {
        user_id,
        shipping_addresses_needs_agreement: addresses.is_none(),
        shipping_addresses: addresses
            .map(|addresses| addresses.into_iter().map(AddressAnswer::from).collect()),
    };
    Ok(kakao_json(200, &answer))
}
