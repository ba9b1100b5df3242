"""Fixtures: one server for all tests, and clients over both transports."""

import itertools

import pytest

from client import Client
from server import Server, token_for

_USERS = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server, stopped cleanly at the end."""
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture(params=["websocket", "polling"])
def connect(server, request):
    """Connects clients over one transport; they are disconnected at the end."""
    clients = []

    def connect_one(**options):
        clients.append(Client(server.url, request.param, **options))
        return clients[-1]

    yield connect_one
    for client in clients:
        client.close()


@pytest.fixture
def user():
    """A user of its own for every test, so that no test meets another's rate limit."""
    return f"user-{next(_USERS)}"


@pytest.fixture
def signed_in(connect, user):
    """A client that is signed in through its handshake."""
    client = connect(token=token_for(user))
    client.wait_for("authenticated")
    return client
