// Calls to our own gateway, and what its answers mean for a person. The words stand in the page, in its language.

/** The words of this page: the data attributes of `#words`. */
export const words = document.getElementById("words").dataset;

/** A wording with its `{places}` filled in. */
export const fill = (wording, values) => wording.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Asks the gateway; the answer is `{ok, status, body}` also when nothing answered. */
export async function ask(path, draft) {
  const options = draft === undefined
    ? {}
    : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(draft) };
  try {
    const answer = await fetch(path, { credentials: "same-origin", ...options });
    return { ok: answer.ok, status: answer.status, body: await answer.json() };
  } catch {
    const remedy = draft === undefined
      ? { action: "retry", text: words.retry }
      : { action: "check_first", text: words.checkFirst };
    return { ok: false, status: 0, body: { remedy } };
  }
}

/** The remedy of a refusal: what to do, and always a `text` in the page's language. */
export function remedyOf(body) {
  const remedy = body?.remedy ?? { action: "tell_operator", text: words.notUnderstood };
  return { ...remedy, text: remedy.text ?? remedy[document.documentElement.lang] };
}
