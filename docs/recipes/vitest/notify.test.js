// Tests of a program that sends a message to its user, and tries once more when Kakao is under maintenance.
import { beforeEach, expect, inject, test } from "vitest";

const kakao = inject("kakao");

async function control(path, body) {
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${kakao}/_emulator/v1/${path}`, request);
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error_description);
  return json;
}

// The program under test.
async function notify(accessToken, text, tries = 2) {
  const template = { object_type: "text", text, link: { web_url: "http://localhost:4000" } };
  const answer = await fetch(`${kakao}/v2/api/talk/memo/default/send`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}` },
    body: new URLSearchParams({ template_object: JSON.stringify(template) }),
  });
  if (answer.status === 503 && tries > 1) return notify(accessToken, text, tries - 1);
  if (!answer.ok) throw new Error(await answer.text());
}

async function texts(person) {
  const messages = await control(`people/${person}/messages?wait_seconds=5`);
  return messages.map((message) => message.template_object.text);
}

beforeEach(async () => {
  await control("reset", {});
});

test("the user gets the message", async () => {
  const tokens = await control("tokens", { app: "demo", person: "ryan" });
  await notify(tokens.access_token, "배포 완료");
  expect(await texts("ryan")).toEqual(["배포 완료"]);
});

test("maintenance is survived", async () => {
  const tokens = await control("tokens", { app: "demo", person: "ryan" });
  await control("faults", { match: { person: "ryan" }, times: 1, then: { code: -9798 } });
  await notify(tokens.access_token, "배포 완료");
  expect(await texts("ryan")).toEqual(["배포 완료"]);
});

test("a test begins without the messages of the last", async () => {
  expect(await control("people/ryan/messages")).toEqual([]);
});
