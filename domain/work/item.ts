/**
 * A unit of a surface's work with its own job, such as one run of a task or one deployment of a service. A stream may
 * own many. All ids are derived from the stream, so they are stable.
 */
export interface WorkItem {
  readonly stream: string;
  readonly workId: string;
  readonly jobId: string;
}
