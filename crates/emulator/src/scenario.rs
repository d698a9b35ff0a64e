//! The scenario: which exchanges go wrong, and how. It decides; doing it is the business of `http`.

mod effect;
mod fault;

use std::collections::VecDeque;

use serde::Serialize;

use crate::digest::Digest;
use crate::seed::{AppKey, PersonKey};
pub(crate) use effect::{Answer, Change, Effect, Refusal};
pub use fault::{Fault, FaultError};

/// How many faults there may be at once; those that have done their work make room for new ones.
const KEPT: usize = 1_000;

/// All scripted faults, in the order in which they were asked for.
#[derive(Default)]
pub(crate) struct Scenario {
    latest_id: u64,
    faults: VecDeque<Scripted>,
}

struct Scripted {
    id: u64,
    fault: Fault,
    effect: Effect,
    /// How many exchanges it could have spoilt, whether chance let it or not.
    met: u64,
    applied: u64,
}

/// A scripted fault and how far it has come.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScriptedFault {
    /// Its number; the journal names it.
    pub id: u64,
    /// What was asked for.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many more exchanges it will spoil; none: there is no end to it.
    pub remaining: Option<u64>,
    /// How many exchanges it has spoilt.
    pub applied: u64,
}

/// What a fault looks at in an exchange.
#[derive(Clone, Copy)]
pub(crate) struct Met<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) person: Option<&'a PersonKey>,
    pub(crate) app: Option<&'a AppKey>,
}

impl Scripted {
    fn remaining(&self) -> Option<u64> {
        self.fault.times.map(|times| u64::from(times).saturating_sub(self.applied))
    }

    fn to_shown(&self) -> ScriptedFault {
        let Self { id, fault, applied, .. } = self;
        ScriptedFault { id: *id, fault: fault.clone(), remaining: self.remaining(), applied: *applied }
    }

    /// Whether chance is for it this time: the same every time for the same seed and the same exchanges.
    fn is_drawn(&self) -> bool {
        let Some(probability) = self.fault.probability else { return true };
        let seed = self.fault.seed.unwrap_or_default().to_string();
        let drawn = Digest::of(&["fault", &seed, &self.id.to_string(), &self.met.to_string()]).number();
        f64::from(drawn) < probability * (f64::from(u32::MAX) + 1.0)
    }
}

impl Scenario {
    /// Adds a fault, or says which of its fields is wrong.
    pub(crate) fn add(&mut self, fault: Fault) -> Result<ScriptedFault, FaultError> {
        let effect = fault.effect()?;
        if self.faults.len() == KEPT {
            let spent = self.faults.iter().position(|scripted| scripted.remaining() == Some(0));
            self.faults.remove(spent.ok_or(FaultError::TooMany)?);
        }
        self.latest_id += 1;
        let scripted = Scripted { id: self.latest_id, fault, effect, met: 0, applied: 0 };
        let shown = scripted.to_shown();
        self.faults.push_back(scripted);
        Ok(shown)
    }

    pub(crate) fn list(&self) -> Vec<ScriptedFault> {
        self.faults.iter().map(Scripted::to_shown).collect()
    }

    /// Takes a fault back; answers whether there was one of this number.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.faults.len();
        self.faults.retain(|scripted| scripted.id != id);
        self.faults.len() < before
    }

    /// Takes all faults back; answers how many there were.
    pub(crate) fn clear(&mut self) -> usize {
        std::mem::take(&mut self.faults).len()
    }

    /// What happens to this exchange: the first fault counts that is about it and has not done its work.
    pub(crate) fn decide(&mut self, met: Met<'_>) -> Option<(u64, Effect)> {
        self.faults.iter_mut().find_map(|scripted| {
            if scripted.remaining() == Some(0) || !scripted.fault.matching.covers(met) {
                return None;
            }
            scripted.met += 1;
            if !scripted.is_drawn() {
                return None;
            }
            scripted.applied += 1;
            Some((scripted.id, scripted.effect.clone()))
        })
    }
}

#[cfg(test)]
mod tests;
