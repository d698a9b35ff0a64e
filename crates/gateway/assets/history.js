// The history while somebody looks at it: cards follow what becomes of their messages, and friends get their names.

const list = document.getElementById("messages");
const news = document.getElementById("news");
const names = new Map();
/** Each card as the gateway drew it, before names were put in. */
const drawn = new Map([...list.children].map((card) => [card.id, card.outerHTML]));
let events;
let soon;
/** One drawing after the other, or an older answer could come last. */
let drawing = Promise.resolve();

function nameFriends() {
  for (const place of list.querySelectorAll("[data-friend]")) {
    const name = names.get(place.dataset.friend);
    if (name) place.textContent = name;
  }
}

/** Asks for friends until all that stand here are known; for each of them once. */
async function learnNames() {
  const unknown = [...list.querySelectorAll("[data-friend]")].map((place) => place.dataset.friend)
    .filter((uuid) => !names.has(uuid));
  for (const uuid of unknown) names.set(uuid, null);
  for (let offset = 0; offset !== null && unknown.some((uuid) => !names.get(uuid));) {
    const answer = await fetch(`/v1/friends?limit=100&offset=${offset}`).catch(() => null);
    const page = answer?.ok ? await answer.json().catch(() => null) : null;
    if (page === null) {
      // Who is not known for want of an answer is asked for again with the next change.
      if (answer === null || answer.ok) for (const uuid of unknown) if (!names.get(uuid)) names.delete(uuid);
      break;
    }
    const { friends, next_offset } = page;
    for (const { uuid, profile_nickname } of friends) names.set(uuid, profile_nickname);
    offset = next_offset;
  }
  nameFriends();
}

function replace(old, card) {
  for (const [place, details] of old.querySelectorAll("details").entries()) {
    const same = card.querySelectorAll("details")[place];
    if (same) same.open = details.open;
  }
  const focused = old.contains(document.activeElement);
  old.replaceWith(card);
  if (focused) card.querySelector("h2 a").focus();
}

/** Draws again what has changed, as the gateway draws it. */
async function refresh() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const cards = [...page.getElementById("messages").children];
  for (const old of [...list.children]) {
    if (cards.some((card) => card.id === old.id)) continue;
    drawn.delete(old.id);
    old.remove();
  }
  for (const [place, card] of cards.entries()) {
    const html = card.outerHTML;
    const old = document.getElementById(card.id);
    if (drawn.get(card.id) === html) continue;
    drawn.set(card.id, html);
    if (old) replace(old, card);
    else list.insertBefore(card, list.children[place] ?? null);
    news.textContent = card.querySelector("h2")?.innerText ?? "";
  }
  nameFriends();
  await learnNames();
}

/** Many changes that come together are drawn together. */
function refreshSoon() {
  soon ??= setTimeout(() => {
    soon = undefined;
    // An answer that breaks off is asked for again with the next change.
    drawing = drawing.then(refresh).catch(() => {});
  }, 300);
}

/** Only a page that is seen follows: a browser has few connections to one host. */
function follow() {
  events?.close();
  if (document.visibilityState !== "visible") return;
  events = new EventSource("/v1/events");
  events.addEventListener("delivery", refreshSoon);
  // Also after an interruption: something may have happened meanwhile.
  events.addEventListener("open", refreshSoon);
}

document.addEventListener("visibilitychange", follow);
follow();
drawing = learnNames().catch(() => {});
