"""httpx-oauth: its Kakao client, asynchronous, over httpx."""

import asyncio

import httpx
from httpx_oauth.clients.kakao import KakaoOAuth2
from httpx_oauth.exceptions import GetIdEmailError
from httpx_oauth.oauth2 import GetAccessTokenError, RefreshTokenError, RevokeTokenError

import kakao


async def raises(error, call):
    try:
        await call
    except error as caught:
        return caught.response
    raise AssertionError(f"{error.__name__} was expected")


async def main():
    app = kakao.app()
    client = KakaoOAuth2(app["rest_api_key"], app["client_secret"])
    browser = kakao.Browser()

    authorize_url = await client.get_authorization_url(kakao.CALLBACK, state="httpx")
    returned = kakao.query(browser.agree(authorize_url))
    assert returned["state"] == "httpx", returned
    token = await client.get_access_token(returned["code"], kakao.CALLBACK)
    assert not token.is_expired(), token

    # The e-mail address comes by property_keys in the query of a POST without a body.
    account_id, email = await client.get_id_email(token["access_token"])
    assert email == "ryan@example.com", email
    person = next(person for person in kakao.control("world")["people"] if person["key"] == "ryan")
    assert account_id == str(person["user_ids"]["shop"]), (account_id, person)

    renewed = await client.refresh_token(token["refresh_token"])
    assert renewed["access_token"] != token["access_token"], renewed
    kakao.expire(token["access_token"])
    stale = await raises(GetIdEmailError, client.get_id_email(token["access_token"]))
    assert (stale.status_code, stale.json()["code"]) == (401, -401), stale.text

    used = await raises(GetAccessTokenError, client.get_access_token(returned["code"], kakao.CALLBACK))
    assert (used.status_code, used.json()["error_code"]) == (400, "KOE320"), used.text
    moved = kakao.query(browser.agree(await client.get_authorization_url(kakao.CALLBACK)))
    moved = await raises(GetAccessTokenError, client.get_access_token(moved["code"], "https://localhost:5000/elsewhere"))
    assert (moved.status_code, moved.json()["error_code"]) == (400, "KOE303"), moved.text
    stranger = KakaoOAuth2("0" * 32, app["client_secret"])
    assert "KOE101" in browser.error_page(await stranger.get_authorization_url(kakao.CALLBACK))
    unknown = await raises(RefreshTokenError, client.refresh_token("not-a-refresh-token"))
    assert (unknown.status_code, unknown.json()["error_code"]) == (400, "KOE322"), unknown.text

    # It takes Kakao's unlinking for a revocation of OAuth's, with the app's secret instead of the person's token.
    misled = await raises(RevokeTokenError, client.revoke_token(renewed["access_token"]))
    assert (misled.status_code, misled.json()["code"]) == (401, -401), misled.text

    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    async with httpx.AsyncClient(base_url=kakao.API, headers=bearer) as http:
        assert (await http.post("/v1/user/logout")).json() == {"id": int(account_id)}
        assert (await http.get("/v1/user/access_token_info")).json()["code"] == -401
    print("httpx-oauth: login, profile, refresh, logout, -401, KOE101/303/320/322")


asyncio.run(main())
