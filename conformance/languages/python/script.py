"""What both Python programs share: the arguments, the report, and binary."""

import json
import sys

URL, MODE = sys.argv[1], sys.argv[2]
LEFT_OUT = sys.argv[3].split(",")
TRANSPORTS = ["websocket"] if MODE == "websocket" else ["polling", "websocket"]
RECONNECTION = {"reconnection_delay": 0.05, "reconnection_delay_max": 0.1, "randomization_factor": 0}
STEP_SECONDS = 10
SIZES = [1, 125, 126, 65_535, 65_536, 300_000]
EVENTS = ["žluťoučký kůň 🎈", 42, {"deep": [True, None, {"list": []}]}]


def report(**line):
    print(json.dumps(line), flush=True)


def sample(size):
    return bytes((at * 7 + size) & 0xFF for at in range(size)).replace(b"\x1e", b"\x1f")


def every_byte():
    return bytes(range(256))


def parts():
    return {"name": "parts", "parts": [sample(3), sample(1_000)]}


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        digest = 0x811C9DC5
        for byte in value:
            digest = ((digest ^ byte) * 0x01000193) & 0xFFFFFFFF
        return {"bytes": len(value), "fnv1a": digest}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value


def all_arguments(answer):
    """An acknowledgement of one argument arrives bare."""
    return list(answer) if isinstance(answer, tuple) else [answer]


def one_or_all(arguments):
    return arguments[0] if len(arguments) == 1 else arguments
