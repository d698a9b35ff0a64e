"""idpyoidc: a relying party that is configured with nothing but the issuer, the keys and its own address."""

import os
import tempfile

from idpyoidc.client.rp_handler import RPHandler

import kakao

ISSUER = "https://kauth.kakao.com"


def main():
    app = kakao.app()
    handler = RPHandler(
        base_url=kakao.SITE,
        client_configs={"kakao": {
            "issuer": ISSUER,
            "client_id": app["rest_api_key"],
            "client_secret": app["client_secret"],
            "client_type": "oidc",
            "redirect_uris": [kakao.CALLBACK],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "client_authn_methods": ["client_secret_post", "bearer_header"],
            "add_ons": {"pkce": {
                "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
            }},
        }},
    )
    browser = kakao.Browser()

    authorize_url = handler.begin("kakao", req_args={"scope": ["openid", "account_email", "profile_nickname"]})
    returned = kakao.query(browser.agree(authorize_url, without=("talk_message",)))
    done = handler.finalize(ISSUER, returned)
    assert done["issuer"] == ISSUER, done
    assert done["id_token"]["nickname"] == done["userinfo"]["nickname"] == "라이언", done
    assert done["userinfo"]["email"] == "ryan@example.com", done
    person = next(person for person in kakao.control("world")["people"] if person["key"] == "ryan")
    assert done["id_token"]["sub"] == str(person["user_ids"]["shop"]), done

    renewed = handler.refresh_access_token(done["state"])
    assert renewed["access_token"] != done["token"], renewed
    kakao.expire(done["token"])
    again = handler.get_user_info(done["state"], access_token=renewed["access_token"])
    assert again["sub"] == done["id_token"]["sub"], again

    # A person who cancels.
    cancelled = kakao.query(browser.cancel(handler.begin("kakao", req_args={"scope": ["openid", "talk_message"]})))
    assert handler.finalize(ISSUER, cancelled)["error"] == "access_denied"
    print("idpyoidc: discovery, login with PKCE, ID token, userinfo, refresh, cancel")


# It writes keys of its own to where it stands.
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    main()
