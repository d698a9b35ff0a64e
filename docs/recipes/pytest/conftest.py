"""One emulator for the whole run, and a fresh world for each test."""

import json
import os
import subprocess
import urllib.request

import pytest


class Kakao:
    """The emulator's control API, as far as these tests need it."""

    def __init__(self, url):
        self.url = url

    def control(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/v1/{path}", data)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def sign_in(self, person, app="demo"):
        return self.control("tokens", {"app": app, "person": person})

    def texts(self, person):
        """The words of the text messages somebody received; waits until there is one."""
        messages = self.control(f"people/{person}/messages?wait_seconds=5")
        return [message["template_object"]["text"] for message in messages]


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    katok = os.environ.get("KATOK", "katok")
    data = tmp_path_factory.mktemp("katok")
    command = [katok, "--data", str(data), "emulator", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield json.loads(process.stdout.readline())["emulator"].rstrip("/")
        finally:
            process.terminate()


@pytest.fixture
def kakao(emulator, monkeypatch):
    # Your program reads where Kakao is from its settings; katok's own programs read these two.
    monkeypatch.setenv("KAKAO_AUTH_BASE_URL", emulator)
    monkeypatch.setenv("KAKAO_API_BASE_URL", emulator)
    kakao = Kakao(emulator)
    kakao.control("reset", {})
    return kakao
