import { bodyOf, unlessForbidden, type Api, type Cluster } from './client.js';
import type { Look } from './look.js';
import { shortIds } from './short-ids.js';

export function hostName({ attributes }: Pick<Cluster['Node'], 'attributes'>): string | undefined {
  const name = attributes?.['hostname'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Returns the host name of a node, by its id. Returns undefined for anything else. */
export type HostOf = (nodeId: string) => string | undefined;

/** Host names by node id. Empty if the caller may not list nodes. */
export async function hostNames(api: Api): Promise<HostOf> {
  const listed = await unlessForbidden(bodyOf(api.GET('/nodes')));
  const names = new Map(listed?.nodes.map((node) => [node.node_id, hostName(node)]));
  return (nodeId) => names.get(nodeId);
}

/** Host names for texts that are shortened: on a terminal. Elsewhere, none are read. */
export async function hostNamesFor(look: Look, api: Api): Promise<HostOf> {
  return look.width === undefined ? () => undefined : await hostNames(api);
}

const ID_IN_TEXT = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

/** On a terminal, replaces the ids of nodes in a text by their host names, and cuts other ids. */
export function shortText(text: string, { width }: Look, host: HostOf): string {
  if (width === undefined) return text;
  return text.replace(ID_IN_TEXT, (id) => host(id) ?? shortIds([id])(id));
}
