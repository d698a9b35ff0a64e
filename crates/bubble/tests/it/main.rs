//! Bubbles as they are written, and what no template object can make them say.

mod contents;
mod hostile;
mod kinds;
mod stylesheet;
