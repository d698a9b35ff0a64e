"""mod_auth_openidc: Apache as a relying party. Only the browser in front of it is written here."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
from urllib.parse import urlsplit

import requests

import kakao

# As Debian's package sets it up, with the settings of mod_auth_openidc's documentation for a provider that is
# known by the address of its metadata.
CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
Mutex file:{folder} default
ErrorLog {folder}/error.log
LogLevel warn
User www-data
Group www-data
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule auth_openidc_module /usr/lib/apache2/modules/mod_auth_openidc.so

OIDCProviderMetadataURL https://kauth.kakao.com/.well-known/openid-configuration
OIDCCABundlePath {folder}/authorities.pem
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI http://localhost:5080/callback
OIDCCryptoPassphrase a-site-in-a-test
OIDCScope "openid profile_nickname account_email talk_message"
OIDCPKCEMethod S256
OIDCRemoteUserClaim sub
OIDCInfoHook access_token refresh_token id_token userinfo

DocumentRoot {folder}/site
<Location />
    AuthType openid-connect
    Require valid-user
</Location>
"""


class Site:
    """A browser in front of one Apache, which believes that it stands at localhost:5080."""

    def __init__(self, port):
        self.port, self.http = port, requests.Session()

    def get(self, address):
        target = urlsplit(address)
        address = f"http://127.0.0.1:{self.port}{target.path}?{target.query}"
        return self.http.get(address, headers={"Host": "localhost:5080"}, allow_redirects=False)


@contextlib.contextmanager
def apache(client_id, client_secret):
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        folder = pathlib.Path(folder)
        # Started by root, Apache reads the site as somebody else.
        folder.chmod(0o755)
        shutil.copyfile(os.environ["SSL_CERT_FILE"], folder / "authorities.pem")
        (folder / "site").mkdir()
        (folder / "site/secret.txt").write_text("members only")
        settings = {"folder": folder, "port": port, "client_id": client_id, "client_secret": client_secret}
        (folder / "apache.conf").write_text(CONFIGURATION.format(**settings))
        server = subprocess.Popen(["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", folder / "apache.conf"], start_new_session=True)
        try:
            while not (folder / "pid").exists():
                assert server.poll() is None, (folder / "error.log").read_text()
            yield Site(port)
        except AssertionError:
            print((folder / "error.log").read_text())
            raise
        finally:
            server.terminate()
            server.wait()


def main():
    app = kakao.app()
    browser = kakao.Browser()
    callback = "http://localhost:5080/callback"

    with apache(app["rest_api_key"], app["client_secret"]) as site:
        # A page for members leads to Kakao; whoever cancels there sees why.
        begun = site.get("/secret.txt")
        assert begun.status_code == 302, begun.text
        refused = site.get(browser.cancel(begun.headers["location"], callback))
        assert "access_denied" in refused.text and "User denied access" in refused.text, refused.text

        # Whoever agrees is led back to the page.
        returned = browser.agree(site.get("/secret.txt").headers["location"], callback)
        back = site.get(returned)
        assert back.headers.get("location") == "http://localhost:5080/secret.txt", (back.status_code, back.text)
        assert site.get("/secret.txt").text == "members only"

        # What it learned: a verified ID token, the userinfo, and tokens.
        session = site.get("/callback?info=json").json()
        assert session["id_token"]["nickname"] == "라이언", session
        assert session["userinfo"]["email"] == "ryan@example.com", session
        assert session["userinfo"]["sub"] == session["id_token"]["sub"], session

        # It refreshes by itself.
        again = site.get("/callback?info=json&access_token_refresh_interval=0").json()
        assert again["access_token"] != session["access_token"], again

        # A code is good once: here under the state of another visitor, or the site would not even ask Kakao.
        stranger = Site(site.port)
        begun = kakao.query(stranger.get("/secret.txt").headers["location"])
        used = f"{callback}?code={kakao.query(returned)['code']}&state={begun['state']}"
        assert stranger.get(used).status_code != 302
        assert stranger.get("/secret.txt").status_code == 302

        # Kakao has no address to log out at by OpenID Connect: the site forgets, Kakao does not.
        assert site.get("/callback?logout=http%3A%2F%2Flocalhost%3A5080%2F").status_code == 302
        begun = site.get("/secret.txt")
        assert begun.status_code == 302, begun.text
        assert site.get(browser.open(begun.headers["location"], callback)).status_code == 302
        assert site.get("/secret.txt").text == "members only"

    with apache(app["rest_api_key"], "0" * 32) as site:
        returned = browser.open(site.get("/secret.txt").headers["location"], callback)
        assert site.get(returned).status_code != 302
        assert site.get("/secret.txt").status_code == 302
    print("mod_auth_openidc: discovery, cancel, login with PKCE, ID token, userinfo, refresh, its own logout, KOE010")


main()
