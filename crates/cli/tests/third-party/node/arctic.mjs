// Arctic: its Kakao client over Node's own fetch.

import assert from "node:assert/strict";
import * as kakao from "./kakao.mjs";

const { ArcticFetchError, Kakao, OAuth2RequestError, generateState } = await import("arctic");

const app = await kakao.app();
const client = new Kakao(app.rest_api_key, app.client_secret, kakao.CALLBACK);

const state = generateState();
const authorizeUrl = client.createAuthorizationURL(state, ["account_email", "profile_nickname"]);
// The first time, the person is asked for every item of the app; this one agrees to the e-mail address alone.
const returned = await kakao.decide(authorizeUrl, "allow", ["account_email"]);
assert.equal(returned.searchParams.get("state"), state);
const code = returned.searchParams.get("code");
const tokens = await client.validateAuthorizationCode(code);
assert.equal(tokens.tokenType(), "bearer");
assert.ok(tokens.hasScopes() && tokens.scopes().includes("account_email"));
assert.ok(tokens.accessTokenExpiresAt() > new Date());

const me = await kakao.api(tokens.accessToken(), "/v2/user/me?secure_resource=true");
assert.equal(me.id, await kakao.userId("ryan"));
assert.equal(me.kakao_account.email, "ryan@example.com");

// What was not agreed to is refused, and granted once it is: the additional consent.
const memo = { template_object: kakao.textTemplate("Arctic에서 안녕") };
const refused = await kakao.api(tokens.accessToken(), "/v2/api/talk/memo/default/send", memo);
assert.equal(refused.status, 403);
assert.equal(refused.code, -402);
assert.deepEqual(refused.required_scopes, ["talk_message"]);
const more = await kakao.decide(client.createAuthorizationURL(state, ["talk_message"]));
const both = await client.validateAuthorizationCode(more.searchParams.get("code"));
assert.equal((await kakao.api(both.accessToken(), "/v2/api/talk/memo/default/send", memo)).result_code, 0);
assert.deepEqual(await kakao.inbox("ryan"), ["Arctic에서 안녕"]);

const renewed = await client.refreshAccessToken(both.refreshToken());
assert.notEqual(renewed.accessToken(), both.accessToken());
assert.equal(renewed.hasRefreshToken(), false);

// What Kakao refuses.
const invalidGrant = (error) => error instanceof OAuth2RequestError && error.code === "invalid_grant";
await assert.rejects(client.validateAuthorizationCode(code), invalidGrant);
await assert.rejects(client.refreshAccessToken("not-a-refresh-token"), invalidGrant);
const impostor = new Kakao(app.rest_api_key, "0".repeat(32), kakao.CALLBACK);
await assert.rejects(impostor.refreshAccessToken(both.refreshToken()), { code: "invalid_client" });
const stranger = new Kakao("0".repeat(32), app.client_secret, kakao.CALLBACK);
assert.equal(await kakao.errorPage(stranger.createAuthorizationURL(state, [])), "KOE101");

// The end.
const { id } = me;
assert.deepEqual(await kakao.api(renewed.accessToken(), "/v1/user/logout", {}), { status: 200, id });
assert.equal((await kakao.api(renewed.accessToken(), "/v2/user/me")).code, -401);
console.log("Arctic: login, profile, additional consent, message, refresh, logout, KOE010/101/320/322, -401, -402");
