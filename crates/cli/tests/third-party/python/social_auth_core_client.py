"""social-auth-core: its Kakao backend as a site that is built on it runs it."""

from social_core.exceptions import AuthCanceled, AuthConfigurationError, AuthException
from social_core.storage import BaseStorage, NonceMixin
from social_core.strategy import BaseStrategy

import kakao


class Nonce(NonceMixin):
    """Values that are good once."""

    open = set()

    @classmethod
    def use(cls, server_url, timestamp, salt):
        cls.open.add((server_url, timestamp, salt))
        return True

    @classmethod
    def consume(cls, server_url, timestamp, salt):
        known = (server_url, timestamp, salt) in cls.open
        cls.open.discard((server_url, timestamp, salt))
        return known


class Storage(BaseStorage):
    nonce = Nonce


class Site(BaseStrategy):
    """A site as small as social-auth-core allows: settings, a session, and the request at hand."""

    def __init__(self, settings):
        super().__init__(storage=Storage)
        self.settings, self.session, self.request = settings, {}, {}

    def get_setting(self, name):
        return self.settings[name]

    def request_data(self, merge=True):
        return self.request

    get_request_data = request_data

    def session_get(self, name, default=None):
        return self.session.get(name, default)

    def session_set(self, name, value):
        self.session[name] = value

    def session_pop(self, name):
        return self.session.pop(name, None)

    def build_absolute_uri(self, path=None):
        return path

    def redirect(self, url):
        return url

    def get_pipeline(self, backend=None):
        steps = ["social_core.pipeline.social_auth.social_details", "social_core.pipeline.social_auth.social_uid"]
        return [*steps, f"{__name__}.make_user"]


class User:
    """Whoever signed in, as the site keeps them."""


def make_user(uid, details, response, **more):
    """The last step of the sign-in."""
    user = User()
    user.uid, user.details, user.response = uid, details, response
    return {"user": user}


def raises(error, call):
    try:
        call()
    except error as caught:
        return caught
    raise AssertionError(f"{error.__name__} was expected")


def main():
    app = kakao.app()
    site = Site({
        "SOCIAL_AUTH_KAKAO_KEY": app["rest_api_key"],
        "SOCIAL_AUTH_KAKAO_SECRET": app["client_secret"],
        "SOCIAL_AUTH_KAKAO_SCOPE": ["account_email", "talk_message"],
        "AUTHENTICATION_BACKENDS": ["social_core.backends.kakao.KakaoOAuth2"],
    })
    browser = kakao.Browser()

    def returned(journey):
        """The backend as the request that comes back from Kakao makes it."""
        backend = site.get_backend("kakao", redirect_uri=kakao.CALLBACK)
        site.request = kakao.query(journey(backend.start()))
        return site.get_backend("kakao", redirect_uri=kakao.CALLBACK)

    raises(AuthCanceled, returned(browser.cancel).auth_complete)

    done = returned(browser.agree).auth_complete()
    person = next(person for person in kakao.control("world")["people"] if person["key"] == "ryan")
    assert done.uid == str(person["user_ids"]["shop"]), done.uid
    assert done.details["username"] == "라이언", done.details
    assert done.details["email"] == "ryan@example.com", done.details

    # A code is good once: here under the state of another sign-in, or the site would not even ask Kakao.
    code = site.request["code"]
    again = returned(lambda address: f"{kakao.CALLBACK}?code={code}&state={kakao.query(address)['state']}")
    raises(AuthException, again.auth_complete)

    backend = site.get_backend("kakao")
    renewed = backend.refresh_token(done.response["refresh_token"])
    assert renewed["access_token"] != done.response["access_token"], renewed
    # It shows the token in the query as well as in the header.
    assert backend.user_data(renewed["access_token"])["id"] == person["user_ids"]["shop"]

    kakao.expire(renewed["access_token"])
    raises(AuthException, lambda: backend.user_data(renewed["access_token"]))

    site.settings["SOCIAL_AUTH_KAKAO_SECRET"] = "0" * 32
    raises(AuthConfigurationError, returned(browser.open).auth_complete)
    site.settings["SOCIAL_AUTH_KAKAO_SCOPE"] = ["birthyear"]
    assert "KOE205" in browser.error_page(site.get_backend("kakao", redirect_uri=kakao.CALLBACK).start())
    print("social-auth-core: cancel, login, profile, refresh, used code, expired token, KOE010/205")


main()
