"""The script over socketio.Client, which runs on threads."""

import queue

import socketio

from script import *


def connect(namespaces, auth):
    client = socketio.Client(**RECONNECTION)
    client.inbox = {}
    for event in ["connect", "disconnect", "connect_error", "echo", "news"]:
        listen(client, namespaces[0], event)
    client.on("question", lambda *args: one_or_all(args), namespace=namespaces[0])
    client.connect(URL, transports=TRANSPORTS, namespaces=namespaces, auth=auth, wait=False)
    return client


def listen(client, namespace, event):
    inbox = client.inbox[event] = queue.Queue()
    client.on(event, lambda *args: inbox.put(args), namespace=namespace)


def next_of(client, event, seconds=STEP_SECONDS):
    return client.inbox[event].get(timeout=seconds)


def step(name, see):
    if name in LEFT_OUT:
        return
    try:
        report(did=name, saw=plain(see()))
    except Exception as error:
        report(did=name, failed=repr(error))


def refused():
    client = connect(["/vault"], {"token": "wrong"})
    (refusal,) = next_of(client, "connect_error")
    client.disconnect()
    return refusal


step("refused", refused)

vault = connect(["/vault", "/orders"], {"token": "open"})


def ask(event, *args, namespace="/vault"):
    return all_arguments(vault.call(event, args, namespace=namespace, timeout=STEP_SECONDS))


def who():
    return ask("who")[0]


def echo(*args):
    vault.emit("echo", args, namespace="/vault")
    return list(next_of(vault, "echo"))


def admitted():
    next_of(vault, "connect")
    return who()["auth"]


def transport():
    for _ in range(STEP_SECONDS * 20):
        if who()["transport"] == "websocket":
            break
        vault.sleep(0.05)
    return who()["transport"]


def broadcast():
    report(please="publish")
    return next_of(vault, "news")


def restart():
    report(please="restart")
    next_of(vault, "disconnect")
    next_of(vault, "connect", 2 * STEP_SECONDS)
    return echo("after the restart")


def disconnected():
    vault.emit("leave-me", namespace="/orders")
    vault.emit("leave-me", namespace="/vault")
    return one_or_all(next_of(vault, "disconnect"))


step("admitted", admitted)
step("transport", transport)
step("events", lambda: echo(*EVENTS))
step("binary", lambda: [echo(sample(size))[0] for size in SIZES])
step("every byte", lambda: echo(every_byte()))
step("nested binary", lambda: echo(parts()))
step("acknowledged", lambda: ask("ask", "yes", 7, {"ok": True}))
step("acknowledged with binary", lambda: ask("ask", sample(200)))
step("answers", lambda: ask("question-me", "why", 5))
step("answers with binary", lambda: ask("question-me", sample(200)))
step("broadcast", broadcast)
step("second namespace", lambda: ask("ask", "orders", namespace="/orders"))
step("restart", restart)
step("disconnected", disconnected)
vault.disconnect()
