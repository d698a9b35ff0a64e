// The composer: a preview that follows each keystroke, and a message that is sent once.

import { Draft } from "./compose-draft.js";
import { chooseFriends } from "./compose-friends.js";

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

/** The fields of the template and of its variables. */
function fieldsByPath() {
  const controls = document.querySelectorAll("#fields .field [name]");
  return new Map([...controls].map((control) => [control.name, control.closest(".field")]));
}

function showAllNotes(preview) {
  for (const [path, field] of fieldsByPath()) {
    const isDue = (note) => isJudged || !note.is_missing || visited.has(path);
    const notes = (preview.fields[path] ?? []).filter(isDue);
    const isWrong = notes.some((note) => note.is_error);
    field.classList.toggle("wrong", isWrong);
    field.querySelector("[name]").setAttribute("aria-invalid", isWrong);
    const place = field.querySelector(".notes");
    if (place) showNotes(place, notes);
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
let hasEnded = false;

async function preview() {
  isStale = true;
  if (isAsking) return;
  isAsking = true;
  while (isStale) {
    isStale = false;
    const answer = await post("/compose/preview", { patience: 5_000 });
    // Once: it brings the top of the page into sight, and somebody is writing further down.
    if (answer?.status === 401 && !hasEnded) tellEnded();
    hasEnded = answer?.status === 401 || (hasEnded && !answer?.ok);
    if (answer?.ok && !isStale) show(await answer.json());
    await new Promise((done) => setTimeout(done, 40));
  }
  isAsking = false;
}

function show(preview) {
  document.getElementById("phone").innerHTML = preview.bubble;
  for (const [word, code] of Object.entries(preview.code)) document.getElementById(`code-${word}`).textContent = code;
  showVariables(preview.variables);
  showAllNotes(preview);
}

/** A field for each variable. One whose variable is not written now stays, unseen, with what stands in it. */
function showVariables(names) {
  const box = document.getElementById("variables");
  const parts = box.querySelector(".parts");
  const paths = names.map((name) => `var.${name}`);
  const there = new Map([...parts.children].map((field) => [field.querySelector("input").name, field]));
  box.hidden = names.length === 0;
  const unused = [...there].filter(([path, field]) => !paths.includes(path) && field.querySelector("input").value);
  if ([...paths, ...unused.map(([path]) => path)].join() !== [...there.keys()].join()) {
    const used = names.map((name, index) => there.get(paths[index]) ?? variable(name, paths[index]));
    parts.replaceChildren(...used, ...unused.map(([, field]) => field));
  }
  for (const field of parts.children) field.hidden = !paths.includes(field.querySelector("input").name);
}

function variable(name, path) {
  const [field, label, input, notes] = ["div", "label", "input", "div"].map((tag) => document.createElement(tag));
  field.className = "field";
  label.textContent = name;
  input.name = path;
  // The gateway has put aside what stood in it before.
  const before = form.querySelector(`[type=hidden][name="${CSS.escape(path)}"]`);
  input.value = before?.value ?? "";
  before?.remove();
  input.setAttribute("aria-describedby", `n-${path}`);
  Object.assign(notes, { id: `n-${path}`, className: "notes" });
  label.append(input);
  field.append(label, notes);
  return field;
}

/** Until what was kept stands in the fields, it is not written over. */
let isRestored = false;

/** Lets the gateway draw the page anew after a button was pressed, and takes over what may have changed. */
async function redraw(extra) {
  // To whom it goes is not drawn anew, so nobody need ask Kakao for friends.
  const answer = await post("/compose", { extra: { ...extra, receivers: "me" }, accept: "text/html" });
  if (answer?.status === 401) return tellEnded();
  const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page?.getElementById("composer")) return tell(false, page?.querySelector(".problem p")?.textContent ?? words.lost);
  const isOpen = document.getElementById("saved").open;
  for (const place of [".kinds", "#fields", "#saved", "#told"]) {
    document.querySelector(place).replaceChildren(...page.querySelector(place).childNodes);
  }
  document.getElementById("saved").open = isOpen;
  form.elements.kind.value = page.querySelector("[name=kind]").value;
  visited.clear();
  isJudged = false;
  changed();
  return page;
}

function changed() {
  if (isRestored) draft.keep(fields());
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
    location.assign(body.href ?? "/history");
    return;
  }
  if (body.idempotency_key) form.elements.idempotency_key.value = body.idempotency_key;
  isJudged = true;
  changed();
  tell(false, body.remedy?.[language] ?? words.lost);
}

// What happens on the page.

form.addEventListener("input", (event) => {
  visited.add(event.target.name);
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
  if (!event.target.closest("#fields .field") || visited.has(event.target.name)) return;
  visited.add(event.target.name);
  preview();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (button?.id === "send") await send();
  else if (button?.name === "switch") {
    await redraw({ switch: button.value });
    form.querySelector(`[name=switch][value=${form.elements.kind.value}]`).focus({ preventScroll: true });
  } else if (["example", "load", "save", "delete"].includes(button?.value)) {
    if (button.value === "delete" && !confirm(words.sure)) return;
    await redraw({ do: button.value });
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
  isRestored = Boolean(page);
  if (page) tell(true, words.restored);
} else isRestored = true;
// Back from where it was sent to, the page would still have the key by which it was sent.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

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
  return redraw(Object.fromEntries([...kept].filter(([name]) => name !== "written_by")));
}
