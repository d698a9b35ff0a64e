"""Leads connections to Kakao's hosts to the katok emulator: some Python clients, such as aiohttp, use no proxy."""

import importlib.machinery
import importlib.util
import os
import socket
import sys

HOSTS = KATOK_HOSTS
PORT = KATOK_PORT

original = socket.getaddrinfo


def getaddrinfo(host, port, *args, **kwargs):
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if isinstance(name, str) and name.lower() in HOSTS and port in (443, "443", b"443", "https"):
        host, port = "127.0.0.1", PORT
    return original(host, port, *args, **kwargs)


socket.getaddrinfo = getaddrinfo

# Python runs one sitecustomize only. The one that this hides runs now.
here = os.path.dirname(os.path.abspath(__file__))
hidden = importlib.machinery.PathFinder.find_spec(
    "sitecustomize", [path for path in sys.path if os.path.abspath(path) != here]
)
if hidden is not None and hidden.loader is not None:
    hidden.loader.exec_module(importlib.util.module_from_spec(hidden))
