"""Tests of a program that sends a message to its user, and tries once more when Kakao is under maintenance."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request


def notify(access_token, text):
    """The program under test."""
    template = {"object_type": "text", "text": text, "link": {"web_url": "http://localhost:4000"}}
    form = urllib.parse.urlencode({"template_object": json.dumps(template)}).encode()
    request = urllib.request.Request(
        os.environ["KAKAO_API_BASE_URL"] + "/v2/api/talk/memo/default/send",
        form,
        {"Authorization": f"Bearer {access_token}"},
    )
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        urllib.request.urlopen(request).close()


def test_the_user_gets_the_message(kakao):
    tokens = kakao.sign_in("ryan")
    notify(tokens["access_token"], "배포 완료")
    assert kakao.texts("ryan") == ["배포 완료"]


def test_maintenance_is_survived(kakao):
    tokens = kakao.sign_in("ryan")
    kakao.control("faults", {"match": {"person": "ryan"}, "times": 1, "then": {"code": -9798}})
    notify(tokens["access_token"], "배포 완료")
    assert kakao.texts("ryan") == ["배포 완료"]
    statuses = [exchange["response"]["status"] for exchange in kakao.control("journal")]
    assert statuses == [503, 200]


def test_a_test_begins_without_the_messages_of_the_last(kakao):
    assert kakao.control("people/ryan/messages") == []
