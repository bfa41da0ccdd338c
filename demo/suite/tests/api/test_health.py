import pytest

from ferrybook import __version__

pytestmark = [pytest.mark.api, pytest.mark.network, pytest.mark.db]


@pytest.mark.smoke
def test_health(anonymous):
    assert anonymous.get("/health").json == {"status": "ok"}


@pytest.mark.smoke
def test_version(anonymous):
    assert anonymous.get("/version").json == {"version": __version__}


def test_ports_by_code(anonymous):
    assert anonymous.get("/ports").json["GDN"] == "Gdańsk"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/bookings/", "/bookings/a/b", "/health/"])
def test_unknown_paths(anonymous, path):
    answer = anonymous.get(path)
    assert (answer.status, answer.json) == (404, {"error": f"nothing at {path}"})


@pytest.mark.parametrize(("method", "path"), [("POST", "/health"), ("GET", "/login"), ("DELETE", "/bookings"), ("PUT", "/quote")])
def test_wrong_methods(anonymous, method, path):
    assert anonymous.request(method, path).status == 405


@pytest.mark.parametrize(("raw", "place"), [(b"{", 1), (b"sailing=HEL", 0), (b'{"a": 1,}', 8)], ids=["cut off", "a form", "trailing comma"])
def test_broken_json(anonymous, raw, place):
    answer = anonymous.request("POST", "/login", raw=raw)
    assert answer.status == 400
    assert answer.json["error"].endswith(f"at {place}")
