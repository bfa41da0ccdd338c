from __future__ import annotations

import threading
import time

import pytest

from ferrybook.api import App, serve
from ferrybook.bookings import Bookings

from tests.support.client import Client
from tests.support.database import Server
from tests.support.lag import LAG
from tests.support.ledger import SlowLedger


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    # `execution_count` is what pytest-rerunfailures counts its attempts with.
    LAG.begin(item.nodeid, getattr(item, "execution_count", 1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    # The work of a unit test, slept instead of computed: see tests/support/lag.py.
    if item.get_closest_marker("unit") and "benchmark" not in item.fixturenames:
        LAG.pause(0.013, 0.85)
    return (yield)


@pytest.fixture(scope="session")
def database_server():
    """One database server per worker: about a second to start."""
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def db(database_server):
    yield database_server.database
    database_server.clean()


@pytest.fixture
def bookings(db):
    return Bookings(db)


@pytest.fixture(scope="session")
def api_server(database_server):
    """The API on 127.0.0.1, on whatever port is free."""
    LAG.pause(0.6, 0.1)
    app = App(database_server.database, SlowLedger())
    server = serve(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="api", daemon=True)
    thread.start()
    yield server.server_address, app
    server.shutdown()
    server.server_close()
    LAG.pause(0.15, 0.1)


@pytest.fixture
def app(api_server, db):
    app = api_server[1]
    app.webhooks = []  # a new list: what is still on its way belongs to the test before
    app.webhook_delay = lambda: 0.0
    return app


@pytest.fixture
def anonymous(api_server, app):
    (host, port), _ = api_server
    client = Client(host, port)
    LAG.pause(0.03)
    yield client
    client.close()


@pytest.fixture
def client(anonymous):
    return anonymous.log_in("astrid@example.org")


@pytest.fixture
def eventually():
    """Ask until the answer is yes, or the time is up."""

    def ask(question, within: float, every: float = 0.02):
        end = time.monotonic() + within
        while time.monotonic() < end:
            if answer := question():
                return answer
            time.sleep(every)
        return question()

    return ask
