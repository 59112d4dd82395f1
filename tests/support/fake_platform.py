"""What both fake platforms have in common: calls recorded, faults played, waiting for what is to come."""

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate

from tests.support.wire import Answer, Call, Fault, Server


class FakePlatform:
    """`faults` are played once each, `misbehave` as long as it is set. `delay`: seconds before every answer; `ahead`:
    how far its clock is before ours.

    `reached` counts the messages that each recipient got unasked.
    """

    def __init__(self, delay: float = 0, keep_bodies: bool = True, tls: ssl.SSLContext | None = None) -> None:
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.misbehave: Callable[[Call], Fault | None] = lambda call: None
        self.reached: Counter[str] = Counter()
        self.changed = threading.Condition()
        self.delay = delay
        self.ahead = 0.0
        self._keep_bodies = keep_bodies
        self._server = Server(self._handle, tls)
        self.base = self._server.base

    def close(self) -> None:
        self._server.close()

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def plays(self, fault: Fault, call: Call) -> bool:
        """Whether a fault that waits is for this call."""
        return fault.method in ("", call.method) and fault.only(call)

    def answer(self, call: Call, fault: Fault | None) -> tuple[int, object]:
        """Status and body, after what the call changes."""
        raise NotImplementedError

    def _handle(self, call: Call) -> Answer:
        with self.changed:
            self.calls.append(call if self._keep_bodies else replace(call, body={}))
            fault = next((fault for fault in self.faults if self.plays(fault, call)), None)
            if fault:
                self.faults.remove(fault)
            fault = fault or self.misbehave(call)
            status, body = self.answer(call, fault)
            self.changed.notify_all()
        if fault is None:
            return Answer(status, body, self.delay, date=formatdate(time.time() + self.ahead, usegmt=True))
        return Answer(status, body, self.delay + fault.delay, fault.raw if fault.drop or fault.raw else None)
