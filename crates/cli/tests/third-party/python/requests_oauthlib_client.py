"""requests-oauthlib: the session refreshes by itself; items agreed to one after the other; a sign-in cancelled."""

import json
import os

from oauthlib.oauth2 import AccessDeniedError, InvalidClientError, InvalidGrantError, TokenExpiredError
from requests_oauthlib import OAuth2Session

import kakao

# Kakao answers with every item that the person has agreed to, which OAuthlib takes for an attack unless told.
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"


def raises(error, call):
    try:
        call()
    except error as caught:
        return caught
    raise AssertionError(f"{error.__name__} was expected")


def main():
    app = kakao.app()
    secret = {"client_id": app["rest_api_key"], "client_secret": app["client_secret"]}
    browser = kakao.Browser()

    def new_session(*scope):
        return OAuth2Session(app["rest_api_key"], redirect_uri=kakao.CALLBACK, scope=scope, pkce="S256")

    def fetch(session, returned):
        return session.fetch_token(
            kakao.TOKEN, authorization_response=returned, client_secret=app["client_secret"], include_client_id=True
        )

    # The person changes their mind, twice.
    session = new_session("profile_nickname")
    authorize_url, state = session.authorization_url(kakao.AUTHORIZE)
    returned = browser.cancel(authorize_url)
    assert kakao.query(returned)["state"] == state, returned
    denied = raises(AccessDeniedError, lambda: fetch(session, returned))
    assert denied.description == "User denied access", denied.description

    session = new_session("profile_nickname")
    authorize_url, _ = session.authorization_url(kakao.AUTHORIZE, prompt="none")
    refusal = kakao.query(browser.open(authorize_url))
    assert refusal["error"] == "consent_required", refusal

    # Signed in, with as little as possible.
    authorize_url, _ = session.authorization_url(kakao.AUTHORIZE)
    returned = browser.agree(authorize_url, without=("talk_message", "friends", "profile_image", "account_email"))
    token = fetch(session, returned)
    assert "talk_message" not in token["scope"], token
    memo = {"template_object": json.dumps(kakao.text_template("requests-oauthlib에서 안녕"))}
    send = f"{kakao.API}/v2/api/talk/memo/default/send"
    refusal = session.post(send, data=memo)
    assert (refusal.status_code, refusal.json()["code"]) == (403, -402), refusal.text
    assert refusal.json()["required_scopes"] == ["talk_message"], refusal.text
    assert session.get(f"{kakao.API}/v1/api/talk/friends").json()["code"] == -402

    # Additional consent: only what is missing is asked, and the new token can what the old one could not.
    session = new_session("talk_message", "friends")
    authorize_url, _ = session.authorization_url(kakao.AUTHORIZE)
    page = browser.open(authorize_url)
    assert 'value="talk_message"' in page.text and 'value="profile_nickname"' not in page.text, page.text
    token = fetch(session, browser.agree(authorize_url))
    assert session.post(send, data=memo).json() == {"result_code": 0}
    friend = session.get(f"{kakao.API}/v1/api/talk/friends", params={"limit": 1}).json()["elements"][0]
    message = {"receiver_uuids": json.dumps([friend["uuid"]]), **memo}
    sent = session.post(f"{kakao.API}/v1/api/talk/friends/message/default/send", data=message).json()
    assert sent["successful_receiver_uuids"] == [friend["uuid"]], sent
    assert kakao.inbox("ryan") == kakao.inbox("apeach") == ["requests-oauthlib에서 안녕"]

    # A session that finds its token old refreshes it before it asks.
    saved = []
    session = OAuth2Session(
        app["rest_api_key"],
        token={**token, "expires_at": 1},
        auto_refresh_url=kakao.TOKEN,
        auto_refresh_kwargs=secret,
        token_updater=saved.append,
    )
    kakao.expire(token["access_token"])
    profile = session.get(f"{kakao.API}/v2/user/me").json()
    assert profile["kakao_account"]["profile"]["nickname"] == "라이언", profile
    assert saved[0]["access_token"] != token["access_token"], saved
    assert saved[0]["refresh_token"] == token["refresh_token"], "Kakao leaves out a refresh token that stays"

    # Without a way to refresh it says so before it asks.
    session = OAuth2Session(app["rest_api_key"], token={**token, "expires_at": 1})
    raises(TokenExpiredError, lambda: session.get(f"{kakao.API}/v2/user/me"))

    # What Kakao refuses.
    session = OAuth2Session(app["rest_api_key"], redirect_uri=kakao.CALLBACK)
    used = {"code": kakao.query(returned)["code"], "include_client_id": True}
    raises(InvalidGrantError, lambda: session.fetch_token(kakao.TOKEN, client_secret=app["client_secret"], **used))
    raises(InvalidClientError, lambda: session.fetch_token(kakao.TOKEN, client_secret="0" * 32, **used))
    # By default it puts the key into a header, where Kakao does not look.
    bad = raises(
        InvalidClientError,
        lambda: session.fetch_token(kakao.TOKEN, code="c", auth=(secret["client_id"], secret["client_secret"])),
    )
    assert bad.description == "Not exist client_id [null]", bad.description

    # The end.
    session = OAuth2Session(app["rest_api_key"], token=saved[0])
    assert session.post(f"{kakao.API}/v1/user/unlink").json() == {"id": profile["id"]}
    gone = session.get(f"{kakao.API}/v1/user/access_token_info")
    assert (gone.status_code, gone.json()["code"]) == (401, -401), gone.text
    raises(InvalidGrantError, lambda: session.refresh_token(kakao.TOKEN, **secret))
    print("requests-oauthlib: cancel, prompt=none, login, additional consent, messages, friends, refresh, unlink, -402, -401")


main()
