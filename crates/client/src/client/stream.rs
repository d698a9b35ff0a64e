//! Lists that come in pages, read to their end.

use std::future::Future;

use futures_core::Stream;
use futures_util::stream::{self, TryStreamExt};

use crate::Endpoint;

/// An endpoint that answers one page of a list.
pub trait Pages: Endpoint<Output: Send> + Clone + Send + 'static {
    /// What the list is of.
    type Item: Send + 'static;

    /// The request for the page after this one; `None` after the last.
    fn next(&self, page: &Self::Output) -> Option<Self>;

    /// What stands on the page this request brought and on none before it.
    fn items(&self, page: Self::Output) -> Vec<Self::Item>;
}

/// A page without anything new on it is the last, so that no answer makes the stream endless.
pub(crate) fn all_pages<E, F, X>(
    first: E,
    ask: impl Fn(E) -> F + Send,
) -> impl Stream<Item = Result<E::Item, X>> + Send
where
    E: Pages,
    F: Future<Output = Result<E::Output, X>> + Send,
    X: Send,
{
    stream::try_unfold(Some((first, ask)), |state| async move {
        let Some((endpoint, ask)) = state else { return Ok(None) };
        let page = ask(endpoint.clone()).await?;
        let next = endpoint.next(&page);
        let items = endpoint.items(page);
        let next = next.filter(|_| !items.is_empty());
        let items = stream::iter(items.into_iter().map(Ok));
        Ok::<_, X>(Some((items, next.map(|next| (next, ask)))))
    })
    .try_flatten()
}
