"""Authlib: OpenID Connect sign-in with PKCE and a nonce, then everything that its session can send."""

import json
import time

from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oidc.core import CodeIDToken

import kakao

ISSUER = "https://kauth.kakao.com"


def verified(session, token, client_id, nonce):
    """The claims of the ID token, verified as Authlib's documentation does it."""
    metadata = session.request("GET", f"{ISSUER}/.well-known/openid-configuration", withhold_token=True).json()
    keys = JsonWebKey.import_key_set(session.request("GET", metadata["jwks_uri"], withhold_token=True).json())
    claims = jwt.decode(
        token["id_token"],
        keys,
        claims_cls=CodeIDToken,
        claims_options={"iss": {"values": [metadata["issuer"]]}, "aud": {"values": [client_id]}},
        claims_params={"nonce": nonce, "client_id": client_id},
    )
    claims.validate(now=time.time(), leeway=60)
    return claims


def refused(call):
    """What Authlib says of a refusal, with Kakao's own code, which it does not keep."""
    try:
        call()
    except OAuthError as error:
        return error
    raise AssertionError("Kakao would have refused this")


def main():
    app = kakao.app()
    browser = kakao.Browser()
    session = OAuth2Session(
        app["rest_api_key"],
        app["client_secret"],
        token_endpoint_auth_method="client_secret_post",
        redirect_uri=kakao.CALLBACK,
        scope="openid profile_nickname account_email talk_message friends",
        code_challenge_method="S256",
    )
    codes = []

    def remember_code(answer):
        if not answer.ok:
            codes.append((answer.status_code, answer.json()["error_code"]))
        return answer

    session.register_compliance_hook("access_token_response", remember_code)
    session.register_compliance_hook("refresh_token_response", remember_code)

    # Sign-in.
    verifier, nonce = generate_token(48), generate_token(20)
    authorize_url, state = session.create_authorization_url(kakao.AUTHORIZE, code_verifier=verifier, nonce=nonce)
    returned = browser.agree(authorize_url)
    token = session.fetch_token(kakao.TOKEN, authorization_response=returned, state=state, code_verifier=verifier)
    assert token["token_type"] == "bearer", token
    assert {"openid", "talk_message"} <= set(token["scope"].split()), token
    claims = verified(session, token, app["rest_api_key"], nonce)
    assert (claims["nickname"], claims["email"]) == ("라이언", "ryan@example.com"), claims

    # Who it is.
    profile = session.get(f"{kakao.API}/v2/user/me").json()
    assert profile["kakao_account"]["profile"]["nickname"] == "라이언", profile
    assert str(profile["id"]) == claims["sub"], (profile, claims)
    userinfo = session.get(f"{kakao.API}/v1/oidc/userinfo").json()
    assert (userinfo["sub"], userinfo["email"]) == (claims["sub"], "ryan@example.com"), userinfo

    # Messages, to oneself and to a friend.
    memo = {"template_object": json.dumps(kakao.text_template("Authlib에서 안녕"))}
    sent = session.post(f"{kakao.API}/v2/api/talk/memo/default/send", data=memo)
    assert sent.json() == {"result_code": 0}, sent.text
    friends = session.get(f"{kakao.API}/v1/api/talk/friends").json()["elements"]
    assert [friend["profile_nickname"] for friend in friends] == ["어피치"], friends
    message = {**memo, "receiver_uuids": json.dumps([friends[0]["uuid"]])}
    sent = session.post(f"{kakao.API}/v1/api/talk/friends/message/default/send", data=message)
    assert sent.json() == {"successful_receiver_uuids": [friends[0]["uuid"]]}, sent.text
    assert kakao.inbox("ryan") == kakao.inbox("apeach") == ["Authlib에서 안녕"]

    # An expired token is refused; the refreshed one is another, with an ID token of its own.
    kakao.expire(token["access_token"])
    stale = session.get(f"{kakao.API}/v2/user/me")
    assert (stale.status_code, stale.json()["code"]) == (401, -401), stale.text
    renewed = session.refresh_token(kakao.TOKEN, refresh_token=token["refresh_token"])
    assert renewed["access_token"] != token["access_token"]
    assert verified(session, renewed, app["rest_api_key"], None)["sub"] == claims["sub"]
    assert session.get(f"{kakao.API}/v2/user/me").json()["id"] == profile["id"]

    # What Kakao refuses.
    code = kakao.query(returned)["code"]
    used = refused(lambda: session.fetch_token(kakao.TOKEN, code=code, code_verifier=verifier))
    assert used.error == "invalid_grant" and code in used.description, used
    authorize_url, state = session.create_authorization_url(kakao.AUTHORIZE, code_verifier=verifier)
    fresh = kakao.query(browser.agree(authorize_url))["code"]
    session.client_secret = "0" * 32
    wrong = refused(lambda: session.fetch_token(kakao.TOKEN, code=fresh, code_verifier=verifier))
    assert wrong.error == "invalid_client", wrong
    session.client_secret = app["client_secret"]
    assert codes == [(400, "KOE320"), (401, "KOE010")], codes
    session.redirect_uri = "https://localhost:5000/elsewhere"
    assert "KOE006" in browser.error_page(session.create_authorization_url(kakao.AUTHORIZE)[0])
    session.redirect_uri = kakao.CALLBACK

    # The end: logged out, then signed in once more without being asked, then unlinked.
    session.token = renewed
    assert session.post(f"{kakao.API}/v1/user/logout").json() == {"id": profile["id"]}
    assert session.get(f"{kakao.API}/v2/user/me").json()["code"] == -401
    authorize_url, state = session.create_authorization_url(kakao.AUTHORIZE, code_verifier=verifier)
    returned = browser.open(authorize_url)
    assert isinstance(returned, str), "a consent given stays given"
    last = session.fetch_token(kakao.TOKEN, authorization_response=returned, state=state, code_verifier=verifier)
    assert session.post(f"{kakao.API}/v1/user/unlink").json() == {"id": profile["id"]}
    refused(lambda: session.refresh_token(kakao.TOKEN, refresh_token=last["refresh_token"]))
    assert codes[-1] == (400, "KOE322"), codes
    print("Authlib: login, ID token, userinfo, messages, friends, refresh, logout, unlink, KOE006/010/320/322, -401")


main()
