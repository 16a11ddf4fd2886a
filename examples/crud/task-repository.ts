import type { NewTask, Task, TaskChange, TaskFilter } from "./task.ts";

/** Where tasks are kept. Implementations MUST store what they resolve with before they resolve. */
export interface TaskRepository {
  /** In the order in which they were created. */
  list(filter: TaskFilter): Promise<readonly Task[]>;
  /** Nothing where there is no such task; `update` and `delete` alike. */
  read(id: string): Promise<Task | undefined>;
  /** Nothing when the repository is full. */
  create(task: NewTask): Promise<Task | undefined>;
  update(change: TaskChange): Promise<Task | undefined>;
  delete(id: string): Promise<Task | undefined>;
}
