import pytest

pytestmark = [pytest.mark.api, pytest.mark.network, pytest.mark.db]


@pytest.mark.smoke
def test_logging_in_gives_a_token(anonymous):
    answer = anonymous.post("/login", {"email": "astrid@example.org", "password": "anchor-aweigh"})
    assert answer.status == 200
    assert answer.json["token"].startswith("astrid@example.org.")


@pytest.mark.parametrize("password", ["", "anchor", "Anchor-Aweigh", None], ids=["empty", "a part", "capitals", "null"])
def test_wrong_passwords(anonymous, password):
    assert anonymous.post("/login", {"email": "astrid@example.org", "password": password}).status == 403


@pytest.mark.parametrize("email", ["", "astrid", "astrid@localhost"])
def test_login_wants_an_address(anonymous, email):
    assert anonymous.post("/login", {"email": email, "password": "anchor-aweigh"}).status == 422


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer astrid@example.org", "Bearer astrid@example.org.0123456789abcdef", "Basic YXN0cmlkOng="],
    ids=["no header", "empty", "no token", "no signature", "forged", "basic"],
)
def test_without_a_token_there_is_no_way_in(anonymous, header):
    if header is not None:
        anonymous.headers["Authorization"] = header
    assert anonymous.get("/me").status == 401


@pytest.mark.parametrize("path", ["/bookings", "/bookings/K7Q2MX/pay", "/bookings/K7Q2MX/cancel"])
def test_bookings_need_a_login(anonymous, path):
    assert anonymous.post(path, {"sailing": "HEL-TLL 2026-05-04 07:30", "travellers": 1}).status == 401


def test_me(client):
    assert client.get("/me").json == {"email": "astrid@example.org", "bookings": []}
