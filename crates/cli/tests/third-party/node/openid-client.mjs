// openid-client: discovery, PKCE, nonce and a verified ID token; then the protected resources of Kakao.

import assert from "node:assert/strict";
import * as kakao from "./kakao.mjs";

const oidc = await import("openid-client");

const ISSUER = new URL("https://kauth.kakao.com");
const app = await kakao.app();

const discover = (secret) =>
  oidc.discovery(ISSUER, app.rest_api_key, undefined, oidc.ClientSecretPost(secret));

const config = await discover(app.client_secret);
assert.equal(config.serverMetadata().supportsPKCE(), true);
// The ID token comes straight from Kakao over TLS, so its signature is checked only when asked for.
oidc.enableNonRepudiationChecks(config);

async function authorize(scope, more = {}) {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  };
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: kakao.CALLBACK,
    scope,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  });
  return { address, checks };
}

// A person who cancels.
const scope = "openid profile_nickname account_email friends talk_message";
let { address, checks } = await authorize(scope);
await assert.rejects(oidc.authorizationCodeGrant(config, await kakao.decide(address, "deny"), checks), {
  error: "access_denied",
  error_description: "User denied access",
});

// Sign-in.
({ address, checks } = await authorize(scope));
const returned = await kakao.decide(address);
const tokens = await oidc.authorizationCodeGrant(config, returned, checks);
const claims = tokens.claims();
const id = await kakao.userId("ryan");
assert.equal(claims.sub, String(id));
assert.equal(claims.nickname, "라이언");
assert.equal(claims.email, "ryan@example.com");

const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
assert.equal(userinfo.nickname, "라이언");
assert.equal(userinfo.email_verified, true);

// Messages, through the client's own calls.
async function call(accessToken, path, form) {
  const body = form && new URLSearchParams(form);
  const answer = await oidc.fetchProtectedResource(
    config, accessToken, new URL(path, kakao.API), form ? "POST" : "GET", body?.toString(),
    new Headers(form && { "Content-Type": "application/x-www-form-urlencoded;charset=utf-8" }),
  );
  return answer.json();
}
const memo = { template_object: kakao.textTemplate("openid-client에서 안녕") };
assert.deepEqual(await call(tokens.access_token, "/v2/api/talk/memo/default/send", memo), { result_code: 0 });
const friends = await call(tokens.access_token, "/v1/api/talk/friends?friend_order=nickname&limit=100");
const uuids = friends.elements.map((friend) => friend.uuid);
assert.equal(friends.total_count, 1);
assert.deepEqual(
  await call(tokens.access_token, "/v1/api/talk/friends/message/default/send", {
    receiver_uuids: JSON.stringify(uuids),
    ...memo,
  }),
  { successful_receiver_uuids: uuids },
);
assert.deepEqual([await kakao.inbox("ryan"), await kakao.inbox("apeach")], Array(2).fill(["openid-client에서 안녕"]));

// Refresh: a new ID token too; a refresh token only when the old one is near its end.
const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(renewed.access_token, tokens.access_token);
assert.equal(renewed.claims().sub, claims.sub);
assert.equal(renewed.refresh_token, undefined);
await kakao.control("tokens/age", { refresh_token: tokens.refresh_token, remaining_seconds: 60 * 60 });
const rotated = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(rotated.refresh_token, tokens.refresh_token);

// What Kakao refuses: it reads the header of a 401 for its reason.
await kakao.expire(renewed.access_token);
await assert.rejects(oidc.fetchUserInfo(config, renewed.access_token, claims.sub), (error) => {
  assert.equal(error.status ?? error.cause?.status, 401);
  return true;
});
await assert.rejects(oidc.authorizationCodeGrant(config, returned, checks), { error: "invalid_grant", status: 400 });
await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), {
  error: "invalid_grant",
  error_description: "expired_or_invalid_refresh_token",
});
const impostor = await discover("0".repeat(32));
({ address, checks } = await authorize(scope));
await assert.rejects(oidc.authorizationCodeGrant(impostor, await kakao.decide(address), checks), {
  error: "invalid_client",
  error_description: "Bad client credentials",
  status: 401,
});
({ address } = await authorize(scope, { redirect_uri: "https://localhost:5000/elsewhere" }));
assert.equal(await kakao.errorPage(address), "KOE006");

// The end.
assert.deepEqual(await call(rotated.access_token, "/v1/user/unlink", {}), { id });
await assert.rejects(oidc.refreshTokenGrant(config, rotated.refresh_token), { error: "invalid_grant" });
console.log("openid-client: discovery, cancel, login, ID token, userinfo, messages, friends, refresh, rotation, unlink, KOE006/010/320/322, -401");
