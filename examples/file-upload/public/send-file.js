// One file over the socket, chunk by chunk.

const ANSWER_WITHIN_MS = 10_000;

/**
 * Resolves with `{ file, size, sha256, isVerified }`; rejects when the server refuses, the connection is lost, or
 * `signal` aborts. `onProgress` is told the bytes that the server has.
 */
export async function sendFile(socket, file, { signal, onProgress }) {
  signal.throwIfAborted();
  const { id, chunkBytes } = await ask(socket, "upload:begin", { name: file.name, size: file.size });
  try {
    let received = 0;
    while (received < file.size) {
      signal.throwIfAborted();
      const chunk = await file.slice(received, received + chunkBytes).arrayBuffer();
      ({ received } = await ask(socket, "upload:chunk", id, received, chunk));
      onProgress(received);
    }
    const sha256 = await digest(file);
    signal.throwIfAborted();
    return { ...(await ask(socket, "upload:end", id, sha256)), isVerified: sha256 !== undefined };
  } catch (error) {
    // After a lost connection there is nothing to cancel: the server has done so.
    if (socket.connected) socket.emit("upload:cancel", id);
    throw error;
  }
}

async function ask(socket, event, ...input) {
  // Not to wait for a connection: on a new one the server does not know the upload.
  if (!socket.connected) throw new Error("there is no connection");
  const answer = await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, ...input);
  if (answer.error !== undefined) throw new Error(answer.error.message);
  return answer;
}

/** Browsers compute checksums for pages of localhost and of HTTPS; elsewhere there is none. */
async function digest(file) {
  if (crypto.subtle === undefined) return undefined;
  const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
