// Calls to our own gateway, and what its answers mean for a person.

/** Asks the gateway; the answer is `{ok, status, body}` also when nothing answered. */
export async function ask(path, draft) {
  const options = draft === undefined
    ? {}
    : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(draft) };
  try {
    const answer = await fetch(path, { credentials: "same-origin", ...options });
    return { ok: answer.ok, status: answer.status, body: await answer.json() };
  } catch {
    const remedy = {
      action: draft === undefined ? "retry" : "check_first",
      ko: "katok의 답을 받지 못했습니다. 연결을 확인하고, 보내는 중이었다면 대화방을 먼저 확인하세요.",
      en: "katok did not answer. Check the connection; if you were sending, look in the chat room first.",
    };
    return { ok: false, status: 0, body: { remedy } };
  }
}

/** The remedy of a refusal, always with sentences. */
export function remedyOf(body) {
  return body?.remedy ?? { action: "tell_operator", ko: "알 수 없는 답을 받았습니다.", en: "The answer could not be understood." };
}
