// The events. Whoever changes something gets the answer; everybody else is told.
//
//   from the client   task:list { isDone? }        → [task]
//                     task:read id                 → task
//                     task:create { title, … }     → task
//                     task:update { id, … }        → task
//                     task:delete id               → task
//
//   to the others     task:created, task:updated, task:deleted (task)
//
// An answer is { ok: true, value } or { ok: false, error: { code, message, fields } }, where `fields` has a message for
// each field that is wrong.

import type { Server, Socket } from "@tautline/server";
import type { z } from "zod";
import { newTask, type Task, taskChange, taskFilter, taskId } from "./task.ts";
import type { TaskRepository } from "./task-repository.ts";

type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { code: string; message: string; fields: Record<string, string> } };

export function serveTasks(io: Server, tasks: TaskRepository): void {
  io.on("connection", (socket) => {
    onRequest(socket, "task:list", taskFilter, async (filter) => accept(await tasks.list(filter)));
    onRequest(socket, "task:read", taskId, async (id) => acceptFound(await tasks.read(id)));

    onRequest(socket, "task:create", newTask, async (content) => {
      const task = await tasks.create(content);
      if (task === undefined) return refuse("FULL", "there is no room for more tasks");
      socket.broadcast.emit("task:created", task);
      return accept(task);
    });

    onRequest(socket, "task:update", taskChange, async (change) => {
      const task = await tasks.update(change);
      if (task !== undefined) socket.broadcast.emit("task:updated", task);
      return acceptFound(task);
    });

    onRequest(socket, "task:delete", taskId, async (id) => {
      const task = await tasks.delete(id);
      if (task !== undefined) socket.broadcast.emit("task:deleted", task);
      return acceptFound(task);
    });
  });
}

/** Answers the event's acknowledgement, once its input has been looked at; without one there is nobody to answer. */
function onRequest<Input>(
  socket: Socket,
  event: string,
  schema: z.ZodType<Input>,
  handle: (input: Input) => Promise<Answer>,
): void {
  socket.on(event, async (input: unknown, done: unknown) => {
    if (typeof done !== "function") return;
    const parsed = schema.safeParse(input);
    if (!parsed.success) return done(refuseInvalid(parsed.error));
    try {
      done(await handle(parsed.data));
    } catch (error) {
      console.error(error);
      done(refuse("INTERNAL", "the server failed; it is not your fault"));
    }
  });
}

function accept(value: unknown): Answer {
  return { ok: true, value };
}

function acceptFound(task: Task | undefined): Answer {
  return task === undefined ? refuse("NOT_FOUND", "there is no such task") : accept(task);
}

function refuse(code: string, message: string, fields: Record<string, string> = {}): Answer {
  return { ok: false, error: { code, message, fields } };
}

/** The first complaint about each field; what concerns the input as a whole is the message. */
function refuseInvalid({ issues }: z.ZodError): Answer {
  const fields: Record<string, string> = {};
  for (const { path, message } of issues) {
    if (path[0] !== undefined) fields[String(path[0])] ??= message;
  }
  const whole = issues.find(({ path }) => path.length === 0);
  return refuse("INVALID", whole?.message ?? "some fields are not right", fields);
}
