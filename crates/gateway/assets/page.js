// The page of somebody signed in: profile, friends, sending, consent, leaving.

import { ask, fill, remedyOf, words } from "./gateway.js";

const MOST_RECEIVERS = 5;
const SHOWN_CHARACTERS = 200;
const element = (id) => document.getElementById(id);
const text = element("text");
const chosen = new Map();
let nextOffset = 0;

function show(ok, told, action) {
  const box = element("result");
  box.hidden = false;
  box.classList.toggle("bad", !ok);
  element("result-text").textContent = told;
  const link = element("result-action");
  element("result-row").hidden = !action;
  if (action) {
    link.textContent = action.label;
    link.href = action.href;
  }
  box.scrollIntoView({ block: "nearest" });
}

/** Shows a refusal with the one thing that helps; after a consent the gateway itself goes on. */
function showRefusal(body) {
  const remedy = remedyOf(body);
  const code = body.code === undefined ? "" : ` (${body.code})`;
  let action = null;
  if (remedy.action === "ask_consent") {
    action = { label: words.agree, href: remedy.href };
  } else if (remedy.action === "sign_in") {
    action = { label: words.signIn, href: remedy.href };
  }
  show(false, `${remedy.text}${code}`, action);
}

function showProfile(profile) {
  const account = profile.kakao_account ?? {};
  const nickname = account.profile?.nickname;
  element("who-name").textContent = nickname ?? `${words.number} ${profile.id}`;
  const picture = element("who-picture");
  const address = account.profile?.thumbnail_image_url;
  if (address && !account.profile.is_default_image) {
    // A picture that cannot be had is better not there than broken.
    picture.onerror = () => { picture.hidden = true; };
    picture.src = address;
    picture.hidden = false;
  }
  const connectedAt = profile.connected_at && new Date(profile.connected_at).toLocaleString(document.documentElement.lang);
  const rows = [[words.nickname, nickname], [words.number, profile.id], [words.email, account.email], [words.connectedAt, connectedAt]];
  element("profile").replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value]) => {
    const [term, description] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    description.textContent = value;
    return [term, description];
  }));
  element("profile-json").textContent = JSON.stringify(profile, null, 2);
}

function friendRow(friend) {
  const row = document.createElement("li");
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = friend.uuid;
  box.checked = chosen.has(friend.uuid);
  box.addEventListener("change", () => choose(friend, box.checked));
  const name = document.createElement("span");
  name.textContent = friend.profile_nickname || words.nameless;
  const face = document.createElement(friend.profile_thumbnail_image ? "img" : "span");
  face.className = "face";
  if (friend.profile_thumbnail_image) {
    face.src = friend.profile_thumbnail_image;
    face.alt = "";
  } else {
    face.textContent = [...name.textContent][0];
    face.ariaHidden = "true";
  }
  label.append(box, face, name);
  if (friend.favorite) {
    const star = document.createElement("span");
    star.className = "star";
    star.textContent = "★";
    star.title = words.favorite;
    label.append(star);
  }
  row.append(label);
  return row;
}

function choose(friend, yes) {
  if (yes) chosen.set(friend.uuid, friend.profile_nickname || words.nameless);
  else chosen.delete(friend.uuid);
  showChosen();
}

function showChosen() {
  const full = chosen.size >= MOST_RECEIVERS;
  for (const box of element("friends").querySelectorAll("input")) box.disabled = full && !box.checked;
  element("send-friends").disabled = chosen.size === 0;
  element("chosen").textContent = chosen.size === 0
    ? words.noneChosen
    : fill(words.chosen, { count: chosen.size, most: MOST_RECEIVERS, names: [...chosen.values()].join(", ") });
}

async function loadFriends(offset) {
  const note = element("friends-note");
  note.hidden = false;
  note.textContent = words.loading;
  const { ok, body } = await ask(`/friends?limit=100&offset=${offset}`);
  if (!ok) {
    // Said here and not above: what is said there comes and goes with sending.
    const remedy = remedyOf(body);
    note.textContent = `${remedy.text} `;
    if (remedy.href) {
      const link = document.createElement("a");
      link.href = remedy.href;
      link.textContent = remedy.action === "ask_consent" ? words.agreeShort : words.signIn;
      note.append(link);
    }
    return;
  }
  const friends = body.elements ?? [];
  if (offset === 0) {
    chosen.clear();
    element("friends").replaceChildren();
  }
  element("friends").append(...friends.map(friendRow));
  showChosen();
  nextOffset = offset + friends.length;
  element("more-friends").hidden = !body.after_url || friends.length === 0;
  note.hidden = nextOffset > 0;
  note.textContent = words.noFriends;
}

async function send(draft) {
  const pressed = document.activeElement;
  const buttons = [element("send-me"), element("send-friends")];
  for (const button of buttons) button.disabled = true;
  const { ok, body } = await ask(draft.uuid ? "/friend-message" : "/message", draft);
  element("send-me").disabled = false;
  showChosen();
  // A disabled button loses the focus, and who works by keyboard would begin from the top.
  if (buttons.includes(pressed)) pressed.focus();
  if (!ok) return showRefusal(body);
  const failures = (body.failure_info ?? []).flatMap((failure) =>
    failure.receiver_uuids.map((uuid) => `${chosen.get(uuid) ?? uuid} (${failure.code})`));
  const delivered = (body.successful_receiver_uuids ?? []).length;
  const named = delivered + (body.failure_info ?? []).flatMap((failure) => failure.receiver_uuids).length;
  if (draft.uuid && named < draft.uuid.length) {
    const unknown = draft.uuid.length - named;
    show(false, fill(words.unknown, { sent: delivered, unknown }));
  } else if (failures.length > 0) {
    show(false, fill(words.partly, { sent: delivered, names: failures.join(", ") }));
  } else if (draft.uuid) {
    show(true, fill(words.sentToFriends, { sent: delivered }));
  } else {
    show(true, words.sentToMe);
  }
  text.value = "";
  countCharacters();
}

function countCharacters() {
  const count = [...text.value].length;
  element("count").textContent = count;
  element("too-long").hidden = count <= SHOWN_CHARACTERS;
  element("counter").classList.toggle("over", count > SHOWN_CHARACTERS);
}

/** Logs out or unlinks, then shows the page of nobody. */
async function leave(path) {
  const { ok, status, body } = await ask(path, {});
  if (ok) location.href = body.receipt ? `/index.html?unlink=${body.receipt.state}` : "/index.html?logout=everywhere";
  else if (status === 401) location.href = "/";
  else if (body.error === "signed_out_here_only") location.href = "/index.html?logout=unconfirmed";
  else showRefusal(body);
}

text.addEventListener("input", countCharacters);
element("send-me").addEventListener("click", () => send({ text: text.value }));
element("send-friends").addEventListener("click", () => send({ text: text.value, uuid: [...chosen.keys()] }));
element("load-friends").addEventListener("click", () => loadFriends(0));
element("more-friends").addEventListener("click", () => loadFriends(nextOffset));
element("logout").addEventListener("click", () => leave("/logout"));
element("unlink").addEventListener("click", () => element("unlink-dialog").showModal());
element("unlink-dialog").addEventListener("close", (event) => {
  if (event.target.returnValue === "unlink") leave("/unlink");
});

const { ok, body } = await ask("/profile");
if (ok) {
  showProfile(body);
  await loadFriends(0);
} else {
  element("friends-note").textContent = "";
  showRefusal(body);
}
// The address keeps no outcome, so that a reload does not tell it again.
history.replaceState(null, "", "/index.html");
