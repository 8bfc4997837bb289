/**
 * One piece of work of a surface, with a job of its own. A stream may own many: the runs of a task, the versions of a service.
 * All three ids are made of what the stream says, so that every look names the same job.
 */
export interface WorkItem {
  /** Id of the aggregate whose stream says what is wanted, without its category. */
  readonly stream: string;
  /** Names the item within its surface: it is the correlation of all that follows. */
  readonly workId: string;
  readonly jobId: string;
}
