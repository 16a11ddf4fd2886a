import { randomUUID } from "node:crypto";
import type { NewTask, Task, TaskChange, TaskFilter } from "./task.ts";
import type { TaskRepository } from "./task-repository.ts";

const MOST_TASKS = 1_000;

/** Keeps tasks until the process ends. */
export class MemoryTaskRepository implements TaskRepository {
  readonly #tasks = new Map<string, Task>();

  async list({ isDone }: TaskFilter): Promise<readonly Task[]> {
    return [...this.#tasks.values()].filter((task) => isDone === undefined || task.isDone === isDone);
  }

  async read(id: string): Promise<Task | undefined> {
    return this.#tasks.get(id);
  }

  async create(content: NewTask): Promise<Task | undefined> {
    if (this.#tasks.size >= MOST_TASKS) return undefined;
    const task: Task = { id: randomUUID(), isDone: false, ...content };
    this.#tasks.set(task.id, task);
    return task;
  }

  async update(change: TaskChange): Promise<Task | undefined> {
    const task = this.#tasks.get(change.id);
    if (task === undefined) return undefined;
    const changed: Task = { ...task, ...change };
    this.#tasks.set(task.id, changed);
    return changed;
  }

  async delete(id: string): Promise<Task | undefined> {
    const task = this.#tasks.get(id);
    this.#tasks.delete(id);
    return task;
  }
}
