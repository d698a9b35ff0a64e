"""What stands around a client: Kakao's addresses, the app, the person's browser, and a look into the emulator.

Nothing here is part of a client. The clients know only Kakao's addresses; `katok emulator exec` answers those.
"""

import os
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

AUTHORIZE = "https://kauth.kakao.com/oauth/authorize"
TOKEN = "https://kauth.kakao.com/oauth/token"
API = "https://kapi.kakao.com"
CALLBACK = "https://localhost:5000/callback"
SITE = "https://localhost:5000"


def control(path, **body):
    """Asks the emulator itself, or tells it something."""
    address = f"{os.environ['KATOK_EMULATOR_URL'].rstrip('/')}/_emulator/v1/{path}"
    answer = requests.post(address, json=body) if body else requests.get(address)
    assert answer.ok, (path, answer.status_code, answer.text)
    return answer.json()


def app(key="shop"):
    """The app as Kakao's console shows it, with its keys."""
    return next(app for app in control("world")["apps"] if app["key"] == key)


def inbox(person):
    """The texts of what a person got, oldest first."""
    return [message["template_object"]["text"] for message in control(f"people/{person}/messages")]


def expire(access_token):
    """Makes a token as old as it can become."""
    control("tokens/expire", access_token=access_token)


def text_template(text):
    return {"object_type": "text", "text": text, "link": {"web_url": SITE}}


def query(address):
    """The parameters that came back to the service."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


class Browser:
    """A person's browser without JavaScript."""

    def __init__(self, email="ryan@example.com", password="pw-ryan"):
        self.http = requests.Session()
        self.email, self.password = email, password

    def open(self, address, redirect_uri=CALLBACK):
        """The page that an address leads to; or, when it leads back to the service, the address there."""
        return self._follow(self.http.get(address, allow_redirects=False), redirect_uri)

    def agree(self, authorize_url, redirect_uri=CALLBACK, without=()):
        """Signs in where asked, agrees to all but what is unticked, and is back at the service."""
        return self._decide(authorize_url, redirect_uri, "agree", without)

    def cancel(self, authorize_url, redirect_uri=CALLBACK):
        """Signs in where asked, and presses cancel."""
        return self._decide(authorize_url, redirect_uri, "cancel", ())

    def error_page(self, authorize_url):
        """The text of the page that stops a sign-in before it begins."""
        answer = self.http.get(authorize_url)
        assert urlsplit(answer.url).hostname == "kauth.kakao.com", answer.url
        return answer.text

    def _decide(self, authorize_url, redirect_uri, decision, without):
        there = self.open(authorize_url, redirect_uri)
        for _ in range(4):
            if isinstance(there, str):
                return there
            form, wanted = self._form(there)
            if wanted == "password":
                fields = form.send(email=self.email, password=self.password)
            else:
                fields = form.send(button=("decision", decision), without=without)
            address = urljoin(there.url, form.action)
            answer = self.http.post(address, data=fields, allow_redirects=False)
            there = self._follow(answer, redirect_uri)
        raise AssertionError(("the pages lead nowhere", there.url))

    def _form(self, page):
        """The form that signs in or decides, and which of both it is."""
        for form in Forms(page.text).found:
            for name, *_ in form.fields + form.buttons:
                if name in ("password", "decision"):
                    return form, name
        raise AssertionError(("no form to go on with", page.url, page.text))

    def _follow(self, answer, redirect_uri):
        while answer.is_redirect:
            address = urljoin(answer.url, answer.headers["location"])
            if address.startswith(redirect_uri):
                return address
            answer = self.http.get(address, allow_redirects=False)
        assert answer.status_code == 200, (answer.url, answer.status_code, answer.text)
        return answer


class Form:
    """One form of a page, as far as a browser needs it to send it."""

    def __init__(self, action):
        self.action, self.fields, self.buttons = action, [], []

    def send(self, button=None, without=(), **typed):
        fields = [(name, typed.get(name, value)) for name, value in self.fields if value not in without]
        # The first button is the one that the Enter key presses.
        return fields + ([button] if button else self.buttons[:1])


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.found.append(Form(attributes.get("action", "")))
        elif tag == "input" and self.found and "name" in attributes:
            unticked = attributes.get("type") == "checkbox" and "checked" not in attributes
            if not unticked:
                self.found[-1].fields.append((attributes["name"], attributes.get("value", "")))
        elif tag == "button" and self.found and "name" in attributes:
            self.found[-1].buttons.append((attributes["name"], attributes["value"]))
