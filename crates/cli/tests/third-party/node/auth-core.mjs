// Auth.js (@auth/core): a whole sign-in of its Kakao provider, with its own cookies, PKCE and session.

import assert from "node:assert/strict";
import * as kakao from "./kakao.mjs";

const { Auth } = await import("@auth/core");
const { default: Kakao } = await import("@auth/core/providers/kakao");

const app = await kakao.app();
const granted = [];

/** A browser at a site with these settings: it keeps the site's cookies and follows nothing by itself. */
function visitor(settings) {
  const cookies = new Map();
  const config = {
    basePath: "/auth",
    secret: "a site in a test",
    trustHost: true,
    logger: { error: (error) => cookies.set("", error), warn() {}, debug() {} },
    providers: [Kakao({ clientId: app.rest_api_key, ...settings })],
    callbacks: {
      jwt({ token, account, profile }) {
        if (account) granted.push({ account, profile });
        return token;
      },
    },
  };
  const visit = async (path, form) => {
    const cookie = [...cookies].filter(([name]) => name).map(([name, value]) => `${name}=${value}`).join("; ");
    const body = form && new URLSearchParams(form);
    const answer = await Auth(
      new Request(new URL(path, kakao.SITE), { method: form ? "POST" : "GET", headers: { cookie }, body }),
      config,
    );
    // Node 18 of Debian has no getSetCookie(), and joins the cookies by a comma, which stands in dates too.
    for (const cookie of answer.headers.get("set-cookie")?.split(/, (?=[^;,=\s]+=)/) ?? []) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      cookies.set(name, value);
    }
    return answer;
  };
  const begin = async () => {
    const { csrfToken } = await (await visit("/auth/csrf")).json();
    return (await visit("/auth/signin/kakao", { csrfToken, callbackUrl: kakao.SITE })).headers.get("location");
  };
  return { visit, begin, lastError: () => cookies.get("") };
}

const issuer = "https://kauth.kakao.com";
const { visit, begin, lastError } = visitor({ clientSecret: app.client_secret, issuer });

// Cancelled.
let answer = await visit(await kakao.decide(await begin(), "deny"));
assert.match(answer.headers.get("location"), /error=/);

// Its provider knows nothing of OpenID Connect: where the app has that switched on, Kakao's ID token surprises it.
const surprised = visitor({ clientSecret: app.client_secret });
await surprised.visit(await kakao.decide(await surprised.begin()));
assert.equal(surprised.lastError().cause.expected, "https://authjs.dev");
assert.equal(surprised.lastError().cause.claims.iss, issuer);

// Sign-in: its authorize address carries `scope` without a value.
const address = await begin();
assert.equal(new URL(address).searchParams.get("scope"), "");
const returned = await kakao.decide(address);
answer = await visit(returned);
assert.equal(answer.headers.get("location"), kakao.SITE, String(lastError()));
const session = await (await visit("/auth/session")).json();
assert.equal(session.user.name, "라이언");
assert.equal(session.user.email, "ryan@example.com");
const [{ account, profile }] = granted;
assert.equal(account.providerAccountId, String(await kakao.userId("ryan")));

// With the token that it hands over.
const memo = { template_object: kakao.textTemplate("Auth.js에서 안녕") };
assert.equal((await kakao.api(account.access_token, "/v2/api/talk/memo/default/send", memo)).result_code, 0);
assert.deepEqual(await kakao.inbox("ryan"), ["Auth.js에서 안녕"]);

// An answer is good once, and a wrong secret is none: both end on the site's page of errors.
answer = await visit(returned);
assert.match(answer.headers.get("location"), /error=/);
const impostor = visitor({ clientSecret: "0".repeat(32), issuer });
answer = await impostor.visit(await kakao.decide(await impostor.begin()));
assert.match(answer.headers.get("location"), /error=/);
assert.match(JSON.stringify(impostor.lastError().cause), /invalid_client/);
assert.equal(granted.length, 1);

// The end.
assert.deepEqual(await kakao.api(account.access_token, "/v1/user/logout", {}), { status: 200, id: profile.id });
assert.equal((await kakao.api(account.access_token, "/v2/user/me")).code, -401);
console.log("Auth.js: cancel, login, ID token, session, message, logout, KOE010, -401");
