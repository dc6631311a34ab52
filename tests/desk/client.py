"""The client with which the tests of this room ask the desk."""

from aiohttp import web
from aiohttp.test_utils import TestClient

Desk = TestClient[web.Request, web.Application]
