// The composer: a preview that follows each keystroke, and a message that is sent once.

import { Draft } from "./compose-draft.js";
import { chooseFriends } from "./compose-friends.js";
import { remedyOf } from "./gateway.js";

const form = document.getElementById("composer");
const words = form.dataset;
const told = document.getElementById("told");
const language = document.documentElement.lang;
const draft = new Draft(words.draft);
/** Fields that somebody has been to: only there is it said that something is missing. */
const visited = new Set();
let isJudged = false;

const fields = () => new URLSearchParams(new FormData(form));

/** Posts the form; `null` when nothing answered. */
async function post(path, options = {}) {
  const { extra = {}, accept = "application/json", patience = 10_000 } = options;
  const body = fields();
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  try {
    const signal = AbortSignal.timeout(patience);
    return await fetch(path, { method: "POST", body, headers: { accept }, credentials: "same-origin", signal });
  } catch {
    return null;
  }
}

function tell(isGood, text, link) {
  const box = document.createElement("div");
  box.className = isGood ? "result" : "result bad";
  const said = document.createElement("p");
  said.textContent = text;
  box.append(said);
  if (link) {
    const row = document.createElement("p");
    row.className = "row";
    const anchor = document.createElement("a");
    anchor.className = "button primary";
    anchor.href = link.href;
    anchor.textContent = link.label;
    row.append(anchor);
    box.append(row);
  }
  told.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

const tellEnded = () => tell(false, words.ended, { href: "/authorize?next=/", label: words.signIn });

// What is to be said, at the field it concerns.

function showNotes(place, notes) {
  place.replaceChildren(...notes.map((note) => {
    const line = document.createElement("p");
    line.className = note.is_error ? "bad" : "hint";
    line.textContent = note.text;
    return line;
  }));
}

function showAllNotes(preview) {
  for (const field of form.querySelectorAll("[data-path]")) {
    const { path } = field.dataset;
    const isDue = (note) => isJudged || !note.is_missing || visited.has(path);
    const notes = (preview.fields[path] ?? []).filter(isDue);
    field.classList.toggle("wrong", notes.some((note) => note.is_error));
    showNotes(field.querySelector(".notes"), notes);
  }
  const isDue = (note) => isJudged || !note.is_missing;
  showNotes(document.getElementById("whole"), preview.whole.filter(isDue));
}

function count(field) {
  const counter = field.closest(".field")?.querySelector(".count");
  if (!counter) return;
  const length = [...field.value].length;
  counter.textContent = `${length}/${counter.dataset.limit}`;
  counter.classList.toggle("over", length > counter.dataset.limit);
}

// One preview is under way at a time, and the newest words are always asked about: no answer overtakes another.

let isAsking = false;
let isStale = false;

async function preview() {
  isStale = true;
  if (isAsking) return;
  isAsking = true;
  while (isStale) {
    isStale = false;
    const answer = await post("/compose/preview", { patience: 5_000 });
    if (answer?.status === 401) tellEnded();
    if (answer?.ok && !isStale) show(await answer.json());
    await new Promise((done) => setTimeout(done, 40));
  }
  isAsking = false;
}

function show(preview) {
  document.getElementById("phone").innerHTML = preview.bubble;
  for (const [word, code] of Object.entries(preview.code)) document.getElementById(`code-${word}`).textContent = code;
  showAllNotes(preview);
}

/** Lets the gateway draw the page anew, and takes its fields over. */
async function redraw(extra) {
  const answer = await post("/compose", { extra, accept: "text/html" });
  if (answer === null) return tell(false, words.lost);
  if (answer.status === 401) return tellEnded();
  if (!answer.ok) return tell(false, words.lost);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of [".kinds", "#fields", "#told"]) {
    document.querySelector(place).replaceChildren(...page.querySelector(place).childNodes);
  }
  form.elements.kind.value = page.querySelector("[name=kind]").value;
  visited.clear();
  isJudged = false;
  changed();
  return page;
}

function changed() {
  draft.keep(fields());
  preview();
}

// Sending.

let isSending = false;

async function send() {
  if (isSending) return;
  isSending = true;
  const button = document.getElementById("send");
  button.setAttribute("aria-disabled", "true");
  const answer = await post("/compose/send");
  isSending = false;
  button.removeAttribute("aria-disabled");
  if (answer === null) return tell(false, words.lost);
  if (answer.status === 401) return tellEnded();
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) {
    draft.forget();
    location.assign(body.href);
    return;
  }
  if (body.idempotency_key) form.elements.idempotency_key.value = body.idempotency_key;
  isJudged = true;
  changed();
  const remedy = remedyOf(body);
  tell(false, remedy[language] ?? remedy.ko);
}

// What happens on the page.

form.addEventListener("input", (event) => {
  const field = event.target.closest(".field");
  if (field?.dataset.path) visited.add(field.dataset.path);
  count(event.target);
  changed();
});
form.addEventListener("change", (event) => {
  if (event.target.name === "shade") {
    const phone = document.getElementById("phone");
    phone.classList.toggle("ktb-dark", event.target.value === "dark");
    phone.classList.toggle("ktb-light", event.target.value !== "dark");
  }
  if (event.target.name === "time" && event.target.value) form.querySelector("[name=when][value=later]").checked = true;
});
form.addEventListener("focusout", (event) => {
  const field = event.target.closest?.(".field");
  if (!field?.dataset.path || visited.has(field.dataset.path)) return;
  visited.add(field.dataset.path);
  preview();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (button?.id === "send") await send();
  else if (button?.name === "switch" || button?.name === "example") {
    await redraw({ [button.name]: button.value });
    form.querySelector(`[name=switch][value=${form.elements.kind.value}]`).focus({ preventScroll: true });
  } else {
    isJudged = true;
    preview();
  }
});
document.getElementById("anew").addEventListener("click", () => draft.forget());
for (const button of form.querySelectorAll(".copy")) {
  const code = button.nextElementSibling;
  const label = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = label; }, 2_000);
  });
}

const friends = chooseFriends(form, changed);
const kept = draft.kept();
if (kept) {
  // Written before a reload, a lost connection or an ended session.
  const page = await fetchDraft(kept);
  if (page) tell(true, words.restored);
}

/** Puts what was kept into the fields, as the gateway draws them. */
async function fetchDraft(kept) {
  for (const name of ["kind", "idempotency_key"]) form.elements[name].value = kept.get(name) ?? form.elements[name].value;
  for (const name of ["receivers", "when", "shade"]) {
    const button = form.querySelector(`[name=${name}][value="${CSS.escape(kept.get(name) ?? "")}"]`);
    if (button) {
      button.checked = true;
      button.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  form.elements.time.value = kept.get("time") ?? "";
  friends.choose(kept.getAll("to"));
  return redraw(Object.fromEntries(kept));
}
