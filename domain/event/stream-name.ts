/**
 * Categories of Muster's own streams. A stream is `category-id`; a category has no dash. `scheduler` and `cluster` are single streams.
 * Those behind the first line are kept for what is to come, so that nobody else begins to write them.
 */
const CATEGORIES = [
  ...(['job', 'node', 'template', 'scheduler', 'cluster', 'lease'] as const),
  ...(['user', 'username', 'email', 'session', 'enrolment', 'tenant', 'tenantname', 'counter', 'gpuClaim', 'task', 'environment', 'service', 'serviceTemplate'] as const),
] as const;

/** Every category of Muster's own streams. */
export const ALL_CATEGORIES: readonly Category[] = CATEGORIES;

export type Category = (typeof CATEGORIES)[number];

/** The plan log. */
export const SCHEDULER_STREAM = 'scheduler';
/** What concerns the whole cluster. */
export const CLUSTER_STREAM = 'cluster';

export function streamName(category: Category, id: string): string {
  return `${category}-${id}`;
}

/** The category of a stream: what stands before its first dash, or the whole name. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}

const OWN: ReadonlySet<string> = new Set(CATEGORIES);

/**
 * Whether a stream is Muster's own. Others may share the log: their streams are in $all too, whatever they are named and whatever
 * types their events have, and every fold passes them by.
 */
export function isOwnStream(stream: string): boolean {
  return OWN.has(categoryOf(stream));
}

/** The id within its category: what stands after the first dash, or nothing. */
export function idOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? '' : stream.slice(dash + 1);
}
