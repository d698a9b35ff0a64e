"""What a line of the hosts file and port 443 would do, for a test that is not root."""

import os
import socket

of_the_system = socket.getaddrinfo


def getaddrinfo(host, port, *more, **options):
    if host in ("kauth.kakao.com", "kapi.kakao.com") and port == 443:
        host, port = "127.0.0.1", int(os.environ["KATOK_TEST_TLS_PORT"])
    return of_the_system(host, port, *more, **options)


socket.getaddrinfo = getaddrinfo
