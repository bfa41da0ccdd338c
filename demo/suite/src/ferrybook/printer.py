"""The label printers at check-in. Only runs on the desks' own machines."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

from .ticket import barcode, shorten

DPI = {"dymo": 300, "zebra": 203}
STATES = {b"0": "ready", b"1": "no paper", b"2": "open", b"3": "paused"}


class PrinterError(OSError):
    pass


@dataclass
class LabelPrinter:
    model: str
    host: str
    port: int = 9100
    attempts: int = 3

    def dots(self, millimetres: float) -> int:
        return round(millimetres * DPI[self.model] / 25.4)

    def label(self, reference: str, name: str, cabin: int | None) -> bytes:
        lines = ["^XA", f"^FO{self.dots(4)},{self.dots(3)}^A0N,{self.dots(5)}^FD{shorten(name)}^FS"]
        if cabin is not None:
            lines.append(f"^FO{self.dots(4)},{self.dots(10)}^A0N,{self.dots(8)}^FD{cabin}^FS")
        lines.append(f"^FO{self.dots(4)},{self.dots(20)}^B3N,N,{self.dots(12)},Y^FD{barcode(reference)}^FS")
        lines.append("^XZ")
        return "\n".join(lines).encode("ascii", "replace")

    def state(self, connection: socket.socket) -> str:
        connection.sendall(b"~HS")
        answer = connection.recv(1)
        if answer not in STATES:
            raise PrinterError(f"{self.model} at {self.host} answered {answer!r}")
        return STATES[answer]

    def print(self, label: bytes) -> None:
        for attempt in range(self.attempts):
            try:
                with socket.create_connection((self.host, self.port), timeout=2) as connection:
                    state = self.state(connection)
                    if state != "ready":
                        raise PrinterError(f"{self.model} at {self.host}: {state}")
                    connection.sendall(label)
                    return
            except TimeoutError:
                if attempt == self.attempts - 1:
                    raise
                time.sleep(0.5 * 2**attempt)
