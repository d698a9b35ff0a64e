"""django-allauth: a Django site with its Kakao provider, asked as a browser asks it."""

import django
from django.conf import settings

import kakao

CALLBACK = "http://testserver/accounts/kakao/login/callback/"

app = kakao.app()
settings.configure(
    SECRET_KEY="a site in a test",
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.kakao",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    LOGIN_REDIRECT_URL="/welcome/",
    SOCIALACCOUNT_STORE_TOKENS=True,
    SOCIALACCOUNT_LOGIN_ON_GET=True,
    SOCIALACCOUNT_PROVIDERS={"kakao": {
        "APPS": [{"client_id": app["rest_api_key"], "secret": app["client_secret"], "key": ""}],
        "SCOPE": ["profile_nickname", "account_email"],
        "OAUTH_PKCE_ENABLED": True,
    }},
    USE_TZ=True,
)
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from allauth.socialaccount.models import SocialAccount  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("accounts/", include("allauth.urls"))]


def main():
    call_command("migrate", verbosity=0)
    browser = kakao.Browser()

    def sign_in(journey):
        """Begins at the site, decides at Kakao, and comes back to the site."""
        visitor = Client()
        authorize_url = visitor.get("/accounts/kakao/login/")["location"]
        returned = journey(authorize_url, CALLBACK)
        return visitor, returned, visitor.get(returned)

    _, _, answer = sign_in(browser.cancel)
    assert answer["location"] == "/accounts/3rdparty/login/cancelled/", answer

    visitor, returned, answer = sign_in(browser.agree)
    assert (answer.status_code, answer["location"]) == (302, "/welcome/"), (answer, answer.content.decode())
    account = SocialAccount.objects.get(provider="kakao")
    person = next(person for person in kakao.control("world")["people"] if person["key"] == "ryan")
    assert account.uid == str(person["user_ids"]["shop"]), account.uid
    assert account.extra_data["kakao_account"]["profile"]["nickname"] == "라이언", account.extra_data
    assert EmailAddress.objects.get(user=account.user).verified, "Kakao says that the address is verified"
    assert visitor.session["_auth_user_id"] == str(account.user.pk)

    # The same person again, by now without a question: the same account.
    sign_in(browser.open)
    assert SocialAccount.objects.count() == 1

    # A code is good once: here under the state of another sign-in, or the site would not even ask Kakao.
    used = kakao.query(returned)["code"]
    visitor, _, answer = sign_in(lambda address, callback: f"{callback}?code={used}&state={kakao.query(address)['state']}")
    assert b"Login Failure" in answer.content and "_auth_user_id" not in visitor.session, answer.content.decode()
    provider = settings.SOCIALACCOUNT_PROVIDERS["kakao"]
    provider["APPS"][0]["secret"] = "0" * 32
    visitor, _, answer = sign_in(browser.open)
    assert b"Login Failure" in answer.content, answer.content.decode()
    assert "_auth_user_id" not in visitor.session
    print("django-allauth: cancel, login with PKCE, profile, verified e-mail, used code, wrong secret")


main()
