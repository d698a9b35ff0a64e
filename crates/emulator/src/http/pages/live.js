// What is new appears by itself: the page waits for a change, asks for itself again, and shows what is different.
const part = document.querySelector("[data-live]");
const atTheEnd = part.dataset.live === "end";
const changes = part.dataset.changes;
// Changes that come in a rush are shown together.
const pause = 250;
// A stopped emulator is no reason to stop asking: it may come back.
const patience = 2000;

const sleep = (time) => new Promise((done) => setTimeout(done, time));

// A tab that nobody sees would only take one of the browser's few connections.
const seen = () =>
  document.hidden
    ? new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }))
    : Promise.resolve();

function goToTheEnd() {
  if (atTheEnd) scrollTo(0, document.body.scrollHeight);
}

async function show() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const latest = page.querySelector("[data-live]");
  const shown = document.querySelector("[data-live]");
  if (!latest || shown.innerHTML === latest.innerHTML) return;
  shown.innerHTML = latest.innerHTML;
  goToTheEnd();
}

async function wait(since) {
  const answer = await fetch(since === undefined ? changes : `${changes}?since=${since}`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

goToTheEnd();
let known;
for (;;) {
  try {
    await seen();
    const latest = await wait(known);
    if (latest !== known) await show();
    known = latest;
    await sleep(pause);
  } catch {
    await sleep(patience);
  }
}
