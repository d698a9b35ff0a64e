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

// What is the same stays: somebody may be reading it, have marked it, or have the focus in it.
function update(shown, latest) {
  const [old, now] = [[...shown.children], [...latest.children]];
  const fewer = Math.min(old.length, now.length);
  let head = 0;
  while (head < fewer && old[head].isEqualNode(now[head])) head++;
  let tail = 0;
  while (tail < fewer - head && old.at(-1 - tail).isEqualNode(now.at(-1 - tail))) tail++;
  const rest = old[old.length - tail] ?? null;
  const [gone, come] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  for (const element of gone) element.remove();
  for (const element of come) shown.insertBefore(element, rest);
  return gone.length + come.length > 0;
}

async function show() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const latest = page.querySelector("[data-live]");
  if (latest && update(part, latest)) goToTheEnd();
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
