//! The composer's rules: a template object as a form, where a finding belongs in it, and the code that sends it.

mod code;
mod composition;
mod draft;
mod fields;
mod kind;
mod notes;
mod path;

pub(crate) use code::{Sample, samples};
pub(crate) use composition::{Composition, JSON, local_time};
pub(crate) use draft::Draft;
pub(crate) use fields::{Field, Input, Section};
pub(crate) use kind::Kind;
pub(crate) use notes::{Note, Notes};
