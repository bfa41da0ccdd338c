"""The HTTP interface."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from . import __version__, fares
from .bookings import BookingError, Bookings
from .db import Database
from .money import Money
from .settlement import Ledger, Settlement
from .timetable import PORTS
from .validation import is_email

COLOURS = {2: "\x1b[32m", 4: "\x1b[33m", 5: "\x1b[31m"}
RESET = "\x1b[0m"


class HttpError(Exception):
    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


class RateLimit:
    def __init__(self, most: int, window: float, clock: Callable[[], float] = time.monotonic):
        self.most, self.window, self.clock = most, window, clock
        self._seen: dict[str, deque[float]] = defaultdict(deque)

    def allow(self, who: str) -> bool:
        now, seen = self.clock(), self._seen[who]
        while seen and seen[0] <= now - self.window:
            seen.popleft()
        if len(seen) >= self.most:
            return False
        seen.append(now)
        return True


class App:
    def __init__(self, db: Database, ledger: Ledger, webhook_delay: Callable[[], float] = lambda: 0.0):
        self.db = db
        self.bookings = Bookings(db)
        self.ledger = ledger
        self.webhook_delay = webhook_delay
        self.webhooks: list[dict] = []
        self.settlements: dict[int, Settlement] = {}
        self.limits = {"partner": RateLimit(5, 0.5)}
        self.routes = [
            ("GET", r"/health", self.health),
            ("GET", r"/version", self.version),
            ("GET", r"/ports", self.ports),
            ("POST", r"/login", self.login),
            ("GET", r"/me", self.me),
            ("GET", r"/quote", self.quote),
            ("GET", r"/sailings", self.sailings),
            ("GET", r"/sailings/([^/]+)/cabins", self.cabins),
            ("POST", r"/bookings", self.book),
            ("GET", r"/bookings/(\w+)", self.booking),
            ("POST", r"/bookings/(\w+)/pay", self.pay),
            ("POST", r"/bookings/(\w+)/cancel", self.cancel),
            ("POST", r"/settlements", self.settle),
            ("GET", r"/settlements/(\d+)", self.settlement),
        ]

    def handle(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict]:
        parts = urlsplit(url)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        try:
            limit = self.limits.get(headers.get("x-client", ""))
            if limit and not limit.allow(headers["x-client"]):
                raise HttpError(429, "too many requests")
            data = json.loads(body) if body else {}
            known_path = False
            for verb, pattern, view in self.routes:
                match = re.fullmatch(pattern, parts.path)
                known_path |= bool(match)
                if match and verb == method:
                    return view(*match.groups(), query=query, data=data, headers=headers)
            raise HttpError(405, "method not allowed") if known_path else HttpError(404, f"nothing at {parts.path}")
        except HttpError as error:
            return error.status, {"error": str(error)}
        except BookingError as error:
            return error.status, {"error": str(error)}
        except json.JSONDecodeError as error:
            return 400, {"error": f"not JSON: {error.msg} at {error.pos}"}

    def health(self, **_) -> tuple[int, dict]:
        self.db.one("select 1 as ok")
        return 200, {"status": "ok"}

    def version(self, **_) -> tuple[int, dict]:
        return 200, {"version": __version__}

    def ports(self, **_) -> tuple[int, dict]:
        return 200, {code: name for code, (name, _) in PORTS.items()}

    @staticmethod
    def _token(email: str) -> str:
        return email + "." + hashlib.sha256(f"ferrybook:{email}".encode()).hexdigest()[:16]

    def _user(self, headers: dict[str, str]) -> str:
        token = headers.get("authorization", "").removeprefix("Bearer ")
        email = token.rpartition(".")[0]
        if not email or token != self._token(email):
            raise HttpError(401, "log in first")
        return email

    def login(self, data: dict, **_) -> tuple[int, dict]:
        if not is_email(data.get("email", "")):
            raise HttpError(422, "not an e-mail address")
        if data.get("password") != "anchor-aweigh":
            raise HttpError(403, "wrong password")
        return 200, {"token": self._token(data["email"])}

    def me(self, headers: dict, **_) -> tuple[int, dict]:
        email = self._user(headers)
        return 200, {"email": email, "bookings": [b.reference for b in self.bookings.for_email(email)]}

    def quote(self, query: dict, **_) -> tuple[int, dict]:
        try:
            day = date.fromisoformat(query["day"])
            party = {t: int(query[t.value]) for t in fares.Traveller if t.value in query}
            return 200, fares.quote(query["route"], day, party, query.get("cabin", "deck"), query.get("vehicle")).breakdown()
        except KeyError as missing:
            raise HttpError(422, f"missing or unknown: {missing.args[0]}") from None
        except fares.UnknownRoute as error:
            raise HttpError(404, str(error)) from None
        except ValueError as error:
            raise HttpError(422, str(error)) from None

    def sailings(self, query: dict, **_) -> tuple[int, dict]:
        if "route" not in query:
            raise HttpError(422, "missing: route")
        rows = self.db.execute(
            "select id, departs, capacity from sailings where route = ? and departs >= ? and season = 'regular' order by departs limit ?",
            query["route"], query.get("from", ""), min(int(query.get("limit", 10)), 50),
        )
        return 200, {"sailings": rows}

    def cabins(self, sailing: str, **_) -> tuple[int, dict]:
        rows = self.db.execute("select number, kind, state from cabins where sailing = ? order by number", sailing.replace("%20", " "))
        if not rows:
            raise HttpError(404, f"no cabins on {sailing}")
        return 200, {"cabins": {str(r["number"]): r["state"] for r in rows}}

    def _show(self, booking) -> dict:
        return {"reference": booking.reference, "sailing": booking.sailing, "travellers": booking.travellers,
                "cabin": booking.cabin, "state": booking.state, "total": Money(booking.total).plain()}

    def _notify(self, event: str, reference: str) -> None:
        delay, receiver = self.webhook_delay(), self.webhooks

        def deliver() -> None:
            time.sleep(delay)
            receiver.append({"event": event, "reference": reference})

        threading.Thread(target=deliver, daemon=True).start()

    def book(self, data: dict, headers: dict, **_) -> tuple[int, dict]:
        email = self._user(headers)
        if not 1 <= data.get("travellers", 0) <= 9:
            raise HttpError(422, "between 1 and 9 travellers")
        booking = self.bookings.create(data["sailing"], email, data["travellers"], Money.of(data.get("total", "24.00")), data.get("cabin"))
        self._notify("booking.created", booking.reference)
        return 201, self._show(booking)

    def booking(self, reference: str, **_) -> tuple[int, dict]:
        return 200, self._show(self.bookings.get(reference))

    def pay(self, reference: str, headers: dict, **_) -> tuple[int, dict]:
        self._user(headers)
        booking = self.bookings.pay(reference)
        self._notify("booking.paid", reference)
        return 200, self._show(booking)

    def cancel(self, reference: str, headers: dict, **_) -> tuple[int, dict]:
        self._user(headers)
        booking = self.bookings.cancel(reference)
        self._notify("booking.cancelled", reference)
        return 200, self._show(booking)

    def settle(self, data: dict, **_) -> tuple[int, dict]:
        year = data.get("year", 0)
        if not 2015 <= year <= 2025:
            raise HttpError(422, f"cannot settle {year}")
        self.settlements[year] = Settlement(year, self.ledger)
        self.settlements[year].start()
        return 202, {"year": year, "state": "running"}

    def settlement(self, year: str, **_) -> tuple[int, dict]:
        job = self.settlements.get(int(year))
        if job is None:
            raise HttpError(404, f"{year} was not settled")
        state = "done" if job.finished else "running"
        return 200, {"year": job.year, "state": state, "done": job.done, "of": job.steps, "totals": dict(job.totals)}


def serve(app: App, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            status, answer = app.handle(self.command, self.path, headers, body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_DELETE = do_PUT = _answer

        def log_request(self, code="-", size="-") -> None:
            print(f"{COLOURS.get(int(code) // 100, '')}{int(code)}{RESET} {self.command:<4} {self.path}", flush=True)

    return ThreadingHTTPServer((host, port), Handler)
