//! The price of a commerce message. See [Kakao Docs/Message Template/Commerce].

use super::COLUMNS;
use super::reading::{Field, Reading};
use crate::bubble::Part;
use crate::mark::Fault;
use crate::number::with_commas;
use crate::text::Limit;

const DEFAULT_UNIT: &str = "원";
/// A unit is a word; nothing is documented.
const UNIT: Limit = Limit { characters: 8, lines: 1, columns: 8 };

/// How an amount is written.
struct Currency {
    unit: String,
    is_before: bool,
}

impl Currency {
    fn amount(&self, number: u64) -> String {
        let number = with_commas(number);
        if self.is_before { format!("{}{number}", self.unit) } else { format!("{number}{}", self.unit) }
    }
}

impl Reading {
    pub(super) fn product_name(&mut self, commerce: &Field<'_>) {
        if let Some(name) = self.fitted(&commerce.at("product_name"), Limit::line(COLUMNS)) {
            self.parts.push(Part::ProductName(name));
        }
    }

    pub(super) fn price(&mut self, commerce: &Field<'_>) {
        if !commerce.is_given() {
            self.mark(commerce, Fault::Missing);
        }
        if !self.is_object(commerce) {
            return;
        }
        let currency = self.currency(commerce);
        let fields = ["regular_price", "discount_price", "discount_rate", "fixed_discount_price"];
        let [regular, discount, rate, fixed] = fields.map(|name| self.number(&commerce.at(name)));
        if !commerce.at("regular_price").is_given() {
            self.mark(&commerce.at("regular_price"), Fault::Missing);
        }
        if let (Some(regular), Some(discount)) = (regular, discount)
            && discount > regular
        {
            self.mark(&commerce.at("discount_price"), Fault::AbovePrice);
        }
        let badge = self.badge(commerce, &currency, rate, fixed);
        let amount = |number| currency.amount(number);
        let (now, before, badge) = match (regular, discount) {
            (regular, Some(discount)) => (amount(discount), regular.map(amount), badge),
            (Some(regular), None) => {
                if badge.is_some() {
                    self.mark(&commerce.at("discount_price"), Fault::WithoutDiscount);
                }
                (amount(regular), None, None)
            }
            (None, None) => return,
        };
        self.parts.push(Part::Price { now, before, badge });
    }

    fn badge(
        &mut self,
        commerce: &Field<'_>,
        currency: &Currency,
        rate: Option<u64>,
        fixed: Option<u64>,
    ) -> Option<String> {
        if rate.is_some() && fixed.is_some() {
            self.mark(&commerce.at("fixed_discount_price"), Fault::BesideRate);
        }
        match rate {
            Some(rate @ ..=100) => return Some(format!("{rate}%")),
            Some(_) => self.mark(&commerce.at("discount_rate"), Fault::AboveHundred),
            None => {}
        }
        fixed.map(|fixed| format!("-{}", currency.amount(fixed)))
    }

    fn currency(&mut self, commerce: &Field<'_>) -> Currency {
        let unit = self.fitted(&commerce.at("currency_unit"), UNIT);
        let position = commerce.at("currency_unit_position");
        let is_before = match self.number(&position) {
            Some(1) => true,
            Some(2..) => {
                self.mark(&position, Fault::NotZeroOrOne);
                false
            }
            Some(0) | None => false,
        };
        Currency { unit: unit.map_or_else(|| DEFAULT_UNIT.to_owned(), |unit| unit.lines.concat()), is_before }
    }
}
