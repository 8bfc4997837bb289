/** The plan log. */
export const SCHEDULER_STREAM = 'scheduler';
/** Events about the whole cluster. */
export const CLUSTER_STREAM = 'cluster';

/** A category contains no dash. */
export function streamName(category: string, id: string): string {
  return `${category}-${id}`;
}

/** Returns the part before the first dash, or the whole name. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}

/** Returns the part after the first dash, or an empty text. */
export function idOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? '' : stream.slice(dash + 1);
}
