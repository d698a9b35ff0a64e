//! The seed: the apps and people a world begins with, complete down to the last key.

mod app;
mod check;
mod document;
mod filling;
mod handle;
mod lines;
mod person;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
pub use app::{
    App, Channel, ConsentItem, ConsentLevel, CustomTemplate, Permission, Quotas, ServiceTerms, TemplateKind,
    TemplatePurpose, Webhook, Webhooks,
};
use document::{AppEntry, PersonEntry, SeedDocument};
pub use handle::{AppKey, PersonKey};
pub use person::{
    AddressKind, BirthdayType, ChannelRelation, Friendship, Gender, Link, Person, ShippingAddress,
};

/// A whole world's beginning, in which nothing is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    /// The apps registered with Kakao.
    pub apps: Vec<App>,
    /// The people with a Kakao account.
    pub people: Vec<Person>,
    /// Who is whose friend in KakaoTalk.
    pub friendships: Vec<Friendship>,
    /// Who has signed up to which app already.
    pub links: Vec<Link>,
}

/// A secret of the seed: in the document as it is, but never in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Why a seed document cannot be taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// It is not JSON or YAML of the right shape.
    #[error("seed 문서를 읽을 수 없습니다. The seed document cannot be read: {0}")]
    Unreadable(String),
    /// Its parts contradict each other.
    #[error("seed 문서의 {place} 값이 맞지 않습니다. The seed document is wrong at {place}: {problem}")]
    Wrong {
        /// The field at fault.
        place: String,
        /// What is the matter with it.
        problem: String,
    },
}

impl SeedError {
    /// The mistake alone, in one line: where it is and what is the matter.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            // The parser draws the place below its first line.
            Self::Unreadable(problem) => {
                problem.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
            }
            Self::Wrong { place, problem } => format!("{place}: {problem}"),
        }
    }
}

impl Seed {
    /// The world to begin with when nobody says otherwise: the app `demo` and seven people who know each other.
    ///
    /// # Panics
    ///
    /// Never: the document is part of the program and tested.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(include_str!("seed/built_in.yaml")).expect("the built-in seed is valid")
    }

    /// Reads a seed document, JSON or YAML, and fills in what it leaves out, the same way every time.
    ///
    /// A document that says nothing means the built-in seed; one with empty lists means a world without anybody.
    pub fn parse(text: &str) -> Result<Self, SeedError> {
        let document = SeedDocument::read(text)?;
        if document.says_nothing() {
            return Ok(Self::built_in());
        }
        filling::fill(document).map_err(|misfit| misfit.told(text))
    }

    /// Adds an app that was just registered in Kakao's console; its keys are made up.
    pub(crate) fn add_app(&mut self, key: &AppKey, name: &str) -> Result<(), SeedError> {
        Ok(filling::add_app(self, AppEntry::named(key, name))?)
    }

    /// Adds somebody who just made a Kakao account.
    pub(crate) fn add_person(&mut self, key: &PersonKey, nickname: &str) -> Result<(), SeedError> {
        Ok(filling::add_person(self, PersonEntry::named(key, nickname))?)
    }

    /// Refuses what contradicts itself, or what Kakao's console does not take.
    pub(crate) fn check(&self) -> Result<(), SeedError> {
        Ok(check::check(self)?)
    }

    /// Tells one seed from another.
    pub(crate) fn digest(&self) -> Digest {
        let text = serde_json::to_vec(self).expect("a seed is plain data");
        Digest::of_bytes(&text)
    }
}

#[cfg(test)]
mod tests;
