// New messages appear by themselves: the room is asked for again, and shown if it has changed.
const pause = 2000;

async function reload() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = document.querySelector("#messages");
  const latest = page.querySelector("#messages");
  if (shown.innerHTML === latest.innerHTML) return;
  shown.replaceWith(latest);
  scrollTo(0, document.body.scrollHeight);
}

scrollTo(0, document.body.scrollHeight);
// A stopped emulator is no reason to stop asking: it may come back.
setInterval(() => reload().catch(() => {}), pause);
