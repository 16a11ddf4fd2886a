"""The application of vocabulary.ts on python-socketio and aiohttp. Prints {"ready", "port"} once it listens."""

import asyncio
import json
import sys

import socketio
from aiohttp import web
from engineio.payload import Payload

# The default of 16 packets in one body is less than the suites send.
Payload.max_decode_packets = 100_000


def create_server(options):
    engine_options = {}
    if "pingInterval" in options:
        engine_options["ping_interval"] = options["pingInterval"] / 1000
    if "pingTimeout" in options:
        engine_options["ping_timeout"] = options["pingTimeout"] / 1000
    if "maxHttpBufferSize" in options:
        engine_options["max_http_buffer_size"] = options["maxHttpBufferSize"]
    return socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*", **engine_options)


class Application(socketio.AsyncNamespace):
    """One instance serves one namespace."""

    def __init__(self, namespace, sio):
        super().__init__(namespace)
        self.sio = sio
        self.counts = {}
        self.gone = {}

    def on_connect(self, sid, environ, auth=None):
        if self.namespace == "/vault" and (auth or {}).get("token") != "open":
            raise socketio.exceptions.ConnectionRefusedError("token expired", {"retry": False})
        self.counts[sid] = [0, True]

    def on_disconnect(self, sid):
        self.gone[sid] = True

    async def on_echo(self, sid, *args):
        await self.emit("echo", args, room=sid)

    async def on_ask(self, sid, *args):
        return args

    async def on_hold(self, sid):
        await asyncio.sleep(3600)

    async def on_count(self, sid, n):
        count = self.counts[sid]
        count[1] = count[1] and n == count[0]
        count[0] += 1

    async def on_counted(self, sid):
        return tuple(self.counts[sid])

    async def on_burst(self, sid, count):
        for n in range(count):
            await self.emit("tick", n, room=sid)

    async def on_drip(self, sid, count):
        for n in range(count):
            await self.emit("tick", n, room=sid)
            if n % 10 == 9:
                await asyncio.sleep(0.001)

    async def on_who(self, sid):
        return {"id": sid, "rooms": self.sio.rooms(sid, self.namespace)}

    async def on_departed(self, sid, other):
        for _ in range(1000):
            if other in self.gone:
                break
            await asyncio.sleep(0.01)
        return "gone" if other in self.gone else None

    async def on_join(self, sid, room):
        self.enter_room(sid, room)

    async def on_leave(self, sid, room):
        self.leave_room(sid, room)

    async def on_publish(self, sid, audience, *args):
        skip = [sid] if audience.get("others") else []
        for room in self.as_list(audience.get("except")):
            skip += [other for other, _ in self.sio.manager.get_participants(self.namespace, room)]
        rooms = self.as_list(audience.get("to")) or [None]
        for room in rooms:
            await self.emit("news", args, room=room, skip_sid=skip)

    async def on_leave_me(self, sid):
        await self.disconnect(sid)

    async def trigger_event(self, event, *args):
        # Method names cannot carry the hyphens of the vocabulary.
        if event == "question-me":
            return await self.question(*args)
        if event == "riddle-me":
            return await self.riddle(*args)
        return await super().trigger_event(event.replace("-", "_"), *args)

    async def question(self, sid, *args):
        return await self.sio.call("question", args, to=sid, namespace=self.namespace)

    async def riddle(self, sid):
        try:
            await self.sio.call("riddle", to=sid, namespace=self.namespace, timeout=0.05)
            return "answered"
        except socketio.exceptions.TimeoutError:
            return "operation has timed out"

    @staticmethod
    def as_list(value):
        return value if isinstance(value, list) else [] if value is None else [value]


async def main():
    options = json.loads(sys.argv[1])
    sio = create_server(options)
    for namespace in ["/", "/orders", "/vault"]:
        sio.register_namespace(Application(namespace, sio))
    app = web.Application(client_max_size=1 << 24)
    sio.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.get("port", 0), reuse_address=True)
    await site.start()
    port = runner.addresses[0][1]
    print(json.dumps({"ready": True, "port": port}), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
