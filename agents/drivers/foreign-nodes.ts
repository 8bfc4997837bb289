const MAX_NAMED = 20;

/** Returns ids of other nodes as the text of an attribute: sorted, at most 20, or '' if there are none. */
export function foreignNodesText(ids: Iterable<string>): string {
  const nodes = [...new Set(ids)].sort();
  const more = nodes.length - MAX_NAMED;
  return nodes.slice(0, MAX_NAMED).join(' ') + (more > 0 ? ` and ${more} more` : '');
}
