// passport-kakao: the strategy within Passport, over Node's https module.

import assert from "node:assert/strict";
import * as kakao from "./kakao.mjs";

const { default: passport } = await import("passport");
const { Strategy } = (await import("passport-kakao")).default;

const app = await kakao.app();

/** A site with this secret: what Passport answers to a visitor who comes with these parameters. */
function site(clientSecret) {
  const authenticator = new passport.Passport();
  const options = { clientID: app.rest_api_key, clientSecret, callbackURL: kakao.CALLBACK };
  const verify = (accessToken, refreshToken, profile, done) => done(null, { accessToken, refreshToken, profile });
  authenticator.use(new Strategy(options, verify));
  return (query = {}, more = {}) =>
    new Promise((resolve) => {
      const request = { query, headers: {}, connection: {}, method: "GET", url: "/callback" };
      const response = { setHeader: (name, value) => resolve({ [name]: value }), end() {} };
      const answer = (error, user, info) => resolve({ error, user, info });
      authenticator.authenticate("kakao", { session: false, ...more }, answer)(request, response, (error) => resolve({ error }));
    });
}

const visit = site(app.client_secret);
const scope = ["profile_nickname", "account_email", "friends", "talk_message"];
const begin = async (more) => (await visit({}, { scope, state: "passport", ...more })).Location;
const back = (address) => Object.fromEntries(address.searchParams);

// Cancelled.
const cancelled = back(await kakao.decide(await begin(), "deny"));
assert.equal(cancelled.error, "access_denied");
assert.equal((await visit(cancelled)).user, false);

// Sign-in.
const returned = back(await kakao.decide(await begin()));
assert.equal(returned.state, "passport");
const { error, user } = await visit(returned);
assert.ifError(error);
assert.equal(user.profile.id, await kakao.userId("ryan"));
assert.equal(user.profile.username, "라이언", "it reads the name from `properties`, which Kakao calls deprecated and still sends");
assert.equal(user.profile._json.kakao_account.email, "ryan@example.com");

// Messages with the token that it hands over.
const memo = { template_object: kakao.textTemplate("Passport에서 안녕") };
assert.equal((await kakao.api(user.accessToken, "/v2/api/talk/memo/default/send", memo)).result_code, 0);
const [friend] = (await kakao.api(user.accessToken, "/v1/api/talk/friends")).elements;
const message = { receiver_uuids: JSON.stringify([friend.uuid]), ...memo };
const sent = await kakao.api(user.accessToken, "/v1/api/talk/friends/message/default/send", message);
assert.deepEqual(sent.successful_receiver_uuids, [friend.uuid]);
assert.deepEqual([await kakao.inbox("ryan"), await kakao.inbox("apeach")], Array(2).fill(["Passport에서 안녕"]));

// What Kakao refuses.
const used = await visit(returned);
assert.equal(used.error.code, "invalid_grant");
const wrong = await site("0".repeat(32))(back(await kakao.decide(await begin())));
assert.equal(wrong.error.code, "invalid_client");
assert.equal(wrong.error.message, "Bad client credentials");
assert.equal(await kakao.errorPage(await begin({ callbackURL: "https://localhost:5000/elsewhere" })), "KOE006");

// The end.
const { id } = user.profile;
assert.deepEqual(await kakao.api(user.accessToken, "/v1/user/unlink", {}), { status: 200, id });
assert.equal((await kakao.api(user.accessToken, "/v2/user/me")).code, -401);
console.log("passport-kakao: cancel, login, profile, message, friends, unlink, KOE006/010/320, -401");
