"""Ports for servers of tests."""

import random
import socket
from pathlib import Path

GIVEN_AWAY = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """A port of this machine that nobody listens on.

    It lies below those that the kernel gives to outgoing connections: a server that is
    stopped and started again on it finds no other test's connection there meanwhile.
    """
    ends = int(GIVEN_AWAY.read_text().split()[0])
    while True:
        port = random.randrange(min(10_000, ends // 2), ends)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                continue
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
