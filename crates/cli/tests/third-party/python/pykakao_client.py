"""PyKakao: messages, by a client that knows no client secret and cuts the code out of the address itself."""

import contextlib
import io

import requests
from PyKakao import Message

import kakao

REDIRECT_URI = "https://localhost:5000"


def said(call, *args, **kwargs):
    """What it prints: it answers nothing."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        call(*args, **kwargs)
    return printed.getvalue()


def main():
    app = kakao.app("open")
    client = Message(service_key=app["rest_api_key"], redirect_uri=REDIRECT_URI, scope="talk_message,friends")

    # It opens the address once itself and hands on where that led, as one opens it in a browser.
    sign_in_page = client.get_url_for_generating_code()
    returned = kakao.Browser().agree(sign_in_page, REDIRECT_URI)
    access_token = client.get_access_token_by_redirected_url(returned)
    client.set_access_token(access_token)

    link = {"web_url": kakao.SITE, "mobile_web_url": kakao.SITE}
    content = {"title": "도착", "image_url": f"{kakao.SITE}/box.png", "link": link}
    assert "성공" in said(client.send_message_to_me, "text", text="PyKakao에서 안녕", link=link, button_title="열기")
    assert "성공" in said(client.send_message_to_me, "feed", content=content, buttons=[{"title": "열기", "link": link}])
    kinds = [message["template_object"]["object_type"] for message in kakao.control("people/ryan/messages")]
    assert kinds == ["text", "feed"], kinds

    # It has no call for the friends themselves; its users ask with requests, and give it the uuids.
    bearer = {"Authorization": f"Bearer {access_token}"}
    friends = requests.get(f"{kakao.API}/v1/api/talk/friends", headers=bearer).json()["elements"]
    apeach, con = [friend["uuid"] for friend in friends]
    sent = said(client.send_message_to_friend, "text", [apeach], text="어피치, 안녕", link=link)
    assert f"성공: {[apeach]}" in sent, sent
    # Con refuses messages: alone that is an error, among others it is not.
    assert "400" in said(client.send_message_to_friend, "text", [con], text="콘, 안녕", link=link)
    partly = said(client.send_message_to_friend, "text", [apeach, con], text="둘 다 안녕", link=link)
    assert f"성공: {[apeach]}" in partly and "-530" in partly and con in partly, partly
    assert kakao.inbox("apeach") == ["어피치, 안녕", "둘 다 안녕"]
    assert kakao.inbox("con") == []

    # What Kakao refuses.
    assert "400" in said(client.send_message_to_me, "text", link=link)
    try:
        client.get_access_token_by_redirected_url(returned)
    except KeyError as missing:
        assert missing.args == ("access_token",), missing
    else:
        raise AssertionError("a used code was taken again")
    kakao.expire(access_token)
    assert "401" in said(client.send_message_to_me, "text", text="너무 늦은 안녕", link=link)
    print("PyKakao: login without a secret, messages to oneself and friends, failure_info, used code, expired token")


main()
