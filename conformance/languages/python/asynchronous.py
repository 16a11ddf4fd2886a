"""The script over socketio.AsyncClient, which runs on asyncio."""

import asyncio

import socketio

from script import *


async def connect(namespaces, auth):
    client = socketio.AsyncClient(**RECONNECTION)
    client.inbox = {}
    for event in ["connect", "disconnect", "connect_error", "echo", "news"]:
        listen(client, namespaces[0], event)

    async def answer(*args):
        return one_or_all(args)

    client.on("question", answer, namespace=namespaces[0])
    await client.connect(URL, transports=TRANSPORTS, namespaces=namespaces, auth=auth, wait=False)
    return client


def listen(client, namespace, event):
    inbox = client.inbox[event] = asyncio.Queue()

    async def record(*args):
        inbox.put_nowait(args)

    client.on(event, record, namespace=namespace)


async def next_of(client, event, seconds=STEP_SECONDS):
    return await asyncio.wait_for(client.inbox[event].get(), seconds)


async def step(name, see):
    if name in LEFT_OUT:
        return
    try:
        report(did=name, saw=plain(await see()))
    except Exception as error:
        report(did=name, failed=repr(error))


async def refused():
    client = await connect(["/vault"], {"token": "wrong"})
    (refusal,) = await next_of(client, "connect_error")
    await client.disconnect()
    return refusal


class Script:
    def __init__(self, vault):
        self.vault = vault

    async def ask(self, event, *args, namespace="/vault"):
        return all_arguments(await self.vault.call(event, args, namespace=namespace, timeout=STEP_SECONDS))

    async def who(self):
        return (await self.ask("who"))[0]

    async def echo(self, *args):
        await self.vault.emit("echo", args, namespace="/vault")
        return list(await next_of(self.vault, "echo"))

    async def admitted(self):
        await next_of(self.vault, "connect")
        return (await self.who())["auth"]

    async def transport(self):
        for _ in range(STEP_SECONDS * 20):
            if (await self.who())["transport"] == "websocket":
                break
            await asyncio.sleep(0.05)
        return (await self.who())["transport"]

    async def binary(self):
        return [(await self.echo(sample(size)))[0] for size in SIZES]

    async def broadcast(self):
        report(please="publish")
        return await next_of(self.vault, "news")

    async def restart(self):
        report(please="restart")
        await next_of(self.vault, "disconnect")
        await next_of(self.vault, "connect", 2 * STEP_SECONDS)
        return await self.echo("after the restart")

    async def disconnected(self):
        await self.vault.emit("leave-me", namespace="/orders")
        await self.vault.emit("leave-me", namespace="/vault")
        return one_or_all(await next_of(self.vault, "disconnect"))


async def main():
    await step("refused", refused)
    vault = await connect(["/vault", "/orders"], {"token": "open"})
    script = Script(vault)
    await step("admitted", script.admitted)
    await step("transport", script.transport)
    await step("events", lambda: script.echo(*EVENTS))
    await step("binary", script.binary)
    await step("every byte", lambda: script.echo(every_byte()))
    await step("nested binary", lambda: script.echo(parts()))
    await step("acknowledged", lambda: script.ask("ask", "yes", 7, {"ok": True}))
    await step("acknowledged with binary", lambda: script.ask("ask", sample(200)))
    await step("answers", lambda: script.ask("question-me", "why", 5))
    await step("answers with binary", lambda: script.ask("question-me", sample(200)))
    await step("broadcast", script.broadcast)
    await step("second namespace", lambda: script.ask("ask", "orders", namespace="/orders"))
    await step("restart", script.restart)
    await step("disconnected", script.disconnected)
    await vault.disconnect()


asyncio.run(main())
