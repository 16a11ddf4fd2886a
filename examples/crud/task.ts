// What a task is, and what clients may send to make or change one.

import { z } from "zod";

const title = z
  .string("a title is needed")
  .trim()
  .min(1, "a title is needed")
  .max(100, "a title has at most 100 characters");
const notes = z.string("notes are text").max(500, "notes have at most 500 characters");
const due = z.iso.date("a date looks like 2030-12-31").nullable();
const priority = z.enum(["low", "normal", "high"], "a priority is low, normal or high");
const isDone = z.boolean("done is true or false");

export const taskId = z.uuid("an id is a UUID");

export const taskFilter = z.strictObject({ isDone: isDone.exactOptional() });

export const newTask = z.strictObject({
  title,
  notes: notes.default(""),
  due: due.default(null),
  priority: priority.default("normal"),
});

/** What is not named stays as it is. */
export const taskChange = z.strictObject({
  id: taskId,
  title: title.exactOptional(),
  notes: notes.exactOptional(),
  due: due.exactOptional(),
  priority: priority.exactOptional(),
  isDone: isDone.exactOptional(),
});

export type TaskFilter = z.output<typeof taskFilter>;
export type NewTask = z.output<typeof newTask>;
export type TaskChange = z.output<typeof taskChange>;

export interface Task extends NewTask {
  readonly id: string;
  readonly isDone: boolean;
}
