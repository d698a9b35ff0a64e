"""Signs in at an emulator with Authlib as it comes from PyPI, and uses what it got.

The first argument is the emulator's address. The consent is given as a browser gives it: on the HTML pages.
"""

import json
import os
import sys
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

# The emulator speaks plain HTTP on this machine, which Authlib refuses unless told.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

EMULATOR = sys.argv[1]
EMAIL, PASSWORD = "ryan@example.com", "pw-ryan"


class Forms(HTMLParser):
    """The forms of a page, as far as a browser needs them to send one."""

    def __init__(self, page):
        super().__init__()
        self.url = page.url
        self.found = []
        self.feed(page.text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.found.append({"action": attributes.get("action", ""), "fields": [], "buttons": []})
        elif tag == "input" and self.found and "name" in attributes:
            unticked = attributes.get("type") == "checkbox" and "checked" not in attributes
            if not unticked:
                self.found[-1]["fields"].append((attributes["name"], attributes.get("value", "")))
        elif tag == "button" and self.found and "name" in attributes:
            self.found[-1]["buttons"].append((attributes["name"], attributes["value"]))

    def fill_in(self, browser, wanted, **typed):
        """Sends the form that has the wanted field or button, without following where it leads."""
        form = next(form for form in self.found if any(name == wanted for name, _ in form["fields"] + form["buttons"]))
        fields = [(name, typed.get(name, value)) for name, value in form["fields"]]
        # The first button is the one that the Enter key presses.
        fields += form["buttons"][:1]
        return browser.post(urljoin(self.url, form["action"]), data=fields, allow_redirects=False)


def follow_to(browser, answer, redirect_uri):
    """Follows redirects until a page, or until they lead back to the service."""
    while answer.is_redirect:
        address = urljoin(answer.url, answer.headers["location"])
        if address.startswith(redirect_uri):
            return address
        answer = browser.get(address, allow_redirects=False)
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return answer


def consent(authorize_url, redirect_uri):
    """Walks through the pages: sign in, agree, back to the service."""
    browser = requests.Session()
    page = follow_to(browser, browser.get(authorize_url, allow_redirects=False), redirect_uri)
    answer = Forms(page).fill_in(browser, "password", email=EMAIL, password=PASSWORD)
    page = follow_to(browser, answer, redirect_uri)
    answer = Forms(page).fill_in(browser, "decision")
    return follow_to(browser, answer, redirect_uri)


def main():
    app = requests.get(f"{EMULATOR}/_emulator/v1/world").json()["apps"][0]
    redirect_uri = app["redirect_uris"][0]
    token_endpoint = f"{EMULATOR}/oauth/token"
    session = OAuth2Session(
        app["rest_api_key"],
        app["client_secret"],
        token_endpoint_auth_method="client_secret_post",
        redirect_uri=redirect_uri,
        scope="talk_message",
        code_challenge_method="S256",
    )
    refusals = []

    def remember_refusal(answer):
        if not answer.ok:
            refusals.append(answer.json())
        return answer

    # Authlib keeps `error` and `error_description` of a refusal; Kakao's own code is in the answer.
    session.register_compliance_hook("access_token_response", remember_refusal)

    verifier = generate_token(48)
    authorize_url, state = session.create_authorization_url(f"{EMULATOR}/oauth/authorize", code_verifier=verifier)
    returned = consent(authorize_url, redirect_uri)
    code = parse_qs(urlsplit(returned).query)["code"][0]

    token = session.fetch_token(
        token_endpoint, authorization_response=returned, state=state, code_verifier=verifier
    )
    assert token["token_type"] == "bearer", token
    assert "talk_message" in token["scope"].split(), token

    profile = session.get(f"{EMULATOR}/v2/user/me").json()
    assert profile["kakao_account"]["profile"]["nickname"] == "라이언", profile

    template = {"object_type": "text", "text": "Authlib에서 안녕", "link": {"web_url": app["web_domains"][0]}}
    sent = session.post(
        f"{EMULATOR}/v2/api/talk/memo/default/send", data={"template_object": json.dumps(template)}
    )
    assert sent.json() == {"result_code": 0}, sent.text

    renewed = session.refresh_token(token_endpoint, refresh_token=token["refresh_token"])
    assert renewed["access_token"] != token["access_token"]
    again = session.get(f"{EMULATOR}/v2/user/me").json()
    assert again["id"] == profile["id"], again

    try:
        session.fetch_token(token_endpoint, code=code, code_verifier=verifier)
    except OAuthError as error:
        assert error.error == "invalid_grant", error
        assert code in error.description, error
        assert [refusal["error_code"] for refusal in refusals] == ["KOE320"], refusals
    else:
        raise AssertionError("a used code was taken again")


main()
