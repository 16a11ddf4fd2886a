// The events. A file comes in chunks, each acknowledged once it is written; the sender waits for that, so that no more
// than one chunk of a file is in memory, and progress is what has arrived.
//
//   upload:begin { name, size }        → { id, chunkBytes }
//   upload:chunk (id, offset, bytes)   → { received }
//   upload:end (id, sha256?)           → { file, size, sha256 }   checks the sum if there is one
//   upload:cancel (id)                 → { }
//
// An answer to what cannot be done is { error: { code, message } }. A lost connection cancels.

import { InputError, readFileName, readSize } from "./input.mjs";
import { Upload } from "./upload.mjs";

export const CHUNK_BYTES = 64 * 1024;
const MOST_AT_ONCE = 3;

export function serveUploads(io, folder) {
  io.on("connection", (socket) => {
    const uploads = new Map();

    onRequest(socket, "upload:begin", async (file) => {
      if (uploads.size >= MOST_AT_ONCE) {
        throw new InputError("TOO_MANY", `at most ${MOST_AT_ONCE} files at the same time`);
      }
      const upload = new Upload(folder, readFileName(file?.name), readSize(file?.size));
      uploads.set(upload.id, upload);
      try {
        await upload.open();
      } catch (error) {
        uploads.delete(upload.id);
        throw error;
      }
      return { id: upload.id, chunkBytes: CHUNK_BYTES };
    });

    onRequest(socket, "upload:chunk", async (id, offset, bytes) => {
      if (!Buffer.isBuffer(bytes) || bytes.length === 0 || bytes.length > CHUNK_BYTES) {
        throw new InputError("INVALID_CHUNK", `a chunk is 1 to ${CHUNK_BYTES} bytes`);
      }
      return { received: await find(uploads, id).write(offset, bytes) };
    });

    onRequest(socket, "upload:end", async (id, sha256) => {
      const upload = find(uploads, id);
      try {
        return await upload.finish(sha256);
      } finally {
        if (upload.isClosed) uploads.delete(id);
      }
    });

    onRequest(socket, "upload:cancel", async (id) => {
      const upload = find(uploads, id);
      uploads.delete(id);
      await upload.discard();
      return {};
    });

    socket.on("disconnect", async () => {
      await Promise.all([...uploads.values()].map((upload) => upload.discard()));
    });
  });
}

function find(uploads, id) {
  const upload = uploads.get(id);
  if (upload === undefined) throw new InputError("UNKNOWN_UPLOAD", "there is no such upload");
  return upload;
}

/** Acknowledges the event with what `handle` resolves with, or with what is wrong with the input. */
function onRequest(socket, event, handle) {
  socket.on(event, async (...parameters) => {
    const done = typeof parameters.at(-1) === "function" ? parameters.pop() : () => {};
    try {
      done(await handle(...parameters));
    } catch (error) {
      done({ error: describe(error) });
    }
  });
}

function describe(error) {
  if (error instanceof InputError) return { code: error.code, message: error.message };
  console.error(error);
  return { code: "INTERNAL", message: "the server failed; it is not your fault" };
}
