// Runs in the page, beside a bundle that set the global `io`: clients steered as remote-client.ts describes.
// `obey(command)` takes a command; `reports()` resolves with what has happened since it was last asked.

(() => {
  const clients = new Map();
  let news = [];
  let wake = () => {};

  function report(message) {
    news.push(message);
    wake();
  }

  window.reports = async () => {
    if (news.length === 0) await new Promise((resolve) => (wake = resolve));
    const batch = news;
    news = [];
    return batch;
  };

  window.obey = (command) => {
    if (command.do === "connect") return connect(command);
    const socket = clients.get(command.client);
    const { client, call } = command;
    if (command.do === "emit") socket.emit(command.event, ...fromJson(command.args));
    if (command.do === "transport")
      report({ client, call, answer: socket.io.engine?.transport?.name ?? "none" });
    if (command.do === "disconnect") socket.disconnect();
    if (command.do === "reconnect") socket.connect();
    if (command.do === "ask") ask(socket, command);
  };

  function connect({ client, url, namespace, transports, auth, reconnection }) {
    const options = {
      transports,
      reconnection,
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 60,
    };
    const socket = window.io(url + namespace, auth ? { ...options, auth } : options);
    clients.set(client, socket);
    for (const event of ["connect", "disconnect", "echo", "tick", "news"]) {
      socket.on(event, (...args) =>
        report({ client, event, args: toJson(event === "disconnect" ? [args[0]] : args) }),
      );
    }
    socket.on("connect_error", ({ message, data }) =>
      report({ client, event: "connect_error", args: [{ message, data }] }),
    );
    socket.on("question", (...args) => args.pop()(...args));
    socket.on("riddle", () => {});
  }

  function ask(socket, { client, call, event, args, timeoutMs }) {
    const answered = (answer) => report({ client, call, answer: toJson(answer) });
    if (timeoutMs === undefined) {
      socket.emit(event, ...fromJson(args), (...answer) => answered(answer));
      return;
    }
    socket
      .timeout(timeoutMs)
      .emitWithAck(event, ...fromJson(args))
      .then(
        (answer) => answered([answer]),
        (error) => report({ client, call, failure: error.message }),
      );
  }

  function toJson(value) {
    if (value instanceof ArrayBuffer) return { $bytes: toBase64(new Uint8Array(value)) };
    if (ArrayBuffer.isView(value))
      return { $bytes: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
    if (Array.isArray(value)) return value.map(toJson);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
  }

  function fromJson(value) {
    if (Array.isArray(value)) return value.map(fromJson);
    if (typeof value !== "object" || value === null) return value;
    if ("$bytes" in value) return Uint8Array.from(atob(value.$bytes), (letter) => letter.charCodeAt(0));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)]));
  }

  function toBase64(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; at += 32_768)
      text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    return btoa(text);
  }
})();
