"""Clients of python-socketio, steered by JSON lines as remote-client.ts describes."""

import asyncio
import json
import sys

import socketio
from engineio.payload import Payload

from values import from_json, to_json

# The default of 16 packets in one body is less than the suites send.
Payload.max_decode_packets = 100_000

EVENTS = ["echo", "tick", "news"]


def report(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Client:
    def __init__(self, number, command):
        self.number = number
        self.url = command["url"]
        self.namespace = command["namespace"]
        self.transports = command["transports"]
        self.auth = command.get("auth")
        self.sio = socketio.AsyncClient(
            reconnection=command["reconnection"],
            reconnection_delay=0.05,
            reconnection_delay_max=0.1,
            randomization_factor=0,
        )
        self.outbox = asyncio.Queue()
        self.listen()

    def listen(self):
        def on(event, handler):
            self.sio.on(event, handler, namespace=self.namespace)

        def recording(event):
            async def record(*args):
                report(client=self.number, event=event, args=to_json(args))

            return record

        for event in ["connect", "disconnect", *EVENTS]:
            on(event, recording(event))

        async def question(*args):
            return args if len(args) != 1 else args[0]

        async def riddle(*args):
            await asyncio.sleep(3600)

        async def refused(data=None):
            details = data if isinstance(data, dict) else {"message": data}
            report(client=self.number, event="connect_error", args=[to_json(details)])

        on("question", question)
        on("riddle", riddle)
        on("connect_error", refused)

    async def connect(self):
        try:
            await self.sio.connect(
                self.url,
                transports=self.transports,
                namespaces=[self.namespace],
                auth=self.auth,
                wait=False,
            )
        except socketio.exceptions.ConnectionError as error:
            report(client=self.number, event="connect_error", args=[{"message": str(error)}])

    async def emit(self, event, args):
        await self.sio.emit(event, tuple(from_json(args)), namespace=self.namespace)

    async def ask(self, call, event, args, timeout_ms):
        try:
            answer = await self.sio.call(
                event, tuple(from_json(args)), namespace=self.namespace, timeout=timeout_ms / 1000
            )
            values = list(answer) if isinstance(answer, tuple) else [] if answer is None else [answer]
            report(client=self.number, call=call, answer=to_json(values))
        except Exception as error:
            report(client=self.number, call=call, failure=type(error).__name__)


async def obey(client, command):
    todo = command["do"]
    if todo == "connect" or todo == "reconnect":
        await client.connect()
    elif todo == "emit":
        await client.emit(command["event"], command["args"])
    elif todo == "ask":
        # Beside the queue: an answer may depend on what follows.
        timeout_ms = command.get("timeoutMs", 15000)
        asyncio.ensure_future(client.ask(command["call"], command["event"], command["args"], timeout_ms))
        await asyncio.sleep(0)
    elif todo == "transport":
        report(client=client.number, call=command["call"], answer=client.sio.transport() or "none")
    elif todo == "disconnect":
        await client.sio.disconnect()


async def work(client):
    while True:
        command = await client.outbox.get()
        try:
            await obey(client, command)
        except Exception as error:
            print(f"{command['do']}: {error!r}", file=sys.stderr)


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    clients = {}
    report(ready=True)
    while line := await reader.readline():
        command = json.loads(line)
        number = command["client"]
        if number not in clients:
            clients[number] = Client(number, command)
            asyncio.ensure_future(work(clients[number]))
        clients[number].outbox.put_nowait(command)


asyncio.run(main())
