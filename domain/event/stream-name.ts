/** The plan log. */
export const SCHEDULER_STREAM = 'scheduler';
/** What concerns the whole cluster. */
export const CLUSTER_STREAM = 'cluster';

/** The name of a stream: `category-id`. A category has no dash. */
export function streamName(category: string, id: string): string {
  return `${category}-${id}`;
}

/** The category of a stream: what stands before its first dash, or the whole name. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}

/** The id within its category: what stands after the first dash, or nothing. */
export function idOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? '' : stream.slice(dash + 1);
}
