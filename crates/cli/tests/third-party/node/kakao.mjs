// What stands around a client: the app, the person's decision, and a look into the emulator.
//
// Nothing here is part of a client. The clients know only Kakao's addresses; `katok emulator exec` answers those.

import assert from "node:assert/strict";
import * as nodeCrypto from "node:crypto";

// Node 18 keeps these to itself; the clients' documentation says to hand them out.
globalThis.crypto ??= nodeCrypto.webcrypto;
globalThis.CryptoKey ??= nodeCrypto.webcrypto.CryptoKey;

export const API = "https://kapi.kakao.com";
export const CALLBACK = "https://localhost:5000/callback";
export const SITE = "https://localhost:5000";

/** Asks the emulator itself, or tells it something. */
export async function control(path, body) {
  const address = new URL(`/_emulator/v1/${path}`, process.env.KATOK_EMULATOR_URL);
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(address, body && { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, ...(await answer.json()) };
}

/** The app as Kakao's console shows it, with its keys. */
export async function app(key = "shop") {
  return (await control("world")).apps.find((app) => app.key === key);
}

/** A person's id in the app. */
export async function userId(key, app = "shop") {
  return (await control("world")).people.find((person) => person.key === key).user_ids[app];
}

/** Where the person's browser ends who agrees, or cancels. */
export async function decide(authorizeUrl, decision = "allow", scopes = undefined) {
  const decided = await control("approve", { authorize_url: String(authorizeUrl), person: "ryan", decision, scopes });
  assert.ok(decided.redirect_url, JSON.stringify(decided));
  return new URL(decided.redirect_url);
}

/** Kakao's code of the page that stops a sign-in before it begins. */
export async function errorPage(authorizeUrl) {
  const text = await (await fetch(authorizeUrl)).text();
  return text.match(/KOE\d{3}/)?.[0];
}

/** The texts of what a person got, oldest first. */
export async function inbox(person) {
  const address = new URL(`/_emulator/v1/people/${person}/messages`, process.env.KATOK_EMULATOR_URL);
  return (await (await fetch(address)).json()).map((message) => message.template_object.text);
}

/** Makes a token as old as it can become. */
export const expire = (accessToken) => control("tokens/expire", { access_token: accessToken });

export const textTemplate = (text) => JSON.stringify({ object_type: "text", text, link: { web_url: SITE } });

/** Calls Kakao's API as a script does that got its token from a client. */
export async function api(accessToken, path, form) {
  const headers = { Authorization: `Bearer ${accessToken}` };
  const answer = await fetch(API + path, form ? { method: "POST", headers, body: new URLSearchParams(form) } : { headers });
  return { status: answer.status, ...(await answer.json()) };
}
