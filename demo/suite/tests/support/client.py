"""A small HTTP client for the tests."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass


@dataclass
class Response:
    status: int
    json: dict


class Client:
    def __init__(self, host: str, port: int):
        self._connection = http.client.HTTPConnection(host, port, timeout=10)
        self.headers: dict[str, str] = {}

    def request(self, method: str, path: str, body: object = None, raw: bytes | None = None) -> Response:
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        self._connection.request(method, path.replace(" ", "%20"), data, self.headers)
        answer = self._connection.getresponse()
        return Response(answer.status, json.loads(answer.read()))

    def get(self, path: str) -> Response:
        return self.request("GET", path)

    def post(self, path: str, body: object = None) -> Response:
        return self.request("POST", path, body if body is not None else {})

    def log_in(self, email: str) -> Client:
        token = self.post("/login", {"email": email, "password": "anchor-aweigh"}).json["token"]
        self.headers["Authorization"] = f"Bearer {token}"
        return self

    def close(self) -> None:
        self._connection.close()
