import { AllowedEndpoints, endpointOf, kindOfUrl, ownAddress } from '#agents/platform/allowed-endpoints.js';
import { parseEndpointList } from '#agents/platform/endpoint-list.js';
import { ALLOWED_ENDPOINTS, httpDriver } from '#domain/drivers/http/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { read } from '#src/http/index.js';

/**
 * Throws `MUSTER_E_INVALID` if no node may call the address of the URL in a field. Names are not resolved, except `localhost`, because nodes may know
 * others than the server. A URL is accepted while no node has registered, or if a node does not say what it may call.
 */
export async function checkReach(
  readModels: Pick<ReadModels, 'list'>,
  field: 'url' | 'notify.url',
  text: string,
): Promise<void> {
  const url = new URL(text);
  const kind = kindOfUrl(url);
  if (kind === undefined) return;
  const { host, port } = endpointOf(url);
  const address = ownAddress(host) ?? '';
  let callers = 0;
  for await (const page of readModels.list(nodes.name))
    for (const { attributes, drivers } of page.map((stored) => read<NodeDocument>(stored))) {
      if (drivers?.includes(httpDriver.name) === false) continue;
      const allowed = attributes[ALLOWED_ENDPOINTS];
      if (typeof allowed !== 'string' || isAllowed(allowed, { host, port, address })) return;
      callers += 1;
    }
  if (callers > 0)
    throw new MusterError('MUSTER_E_INVALID', {
      field,
      problem: `has an address that is not on the Internet (${kind}), and no node may call it: an operator can add ${host} to MUSTER_HTTP_ALLOW on the nodes`,
    });
}

function isAllowed(
  list: string,
  { host, port, address }: { readonly host: string; readonly port: number; readonly address: string },
): boolean {
  try {
    return new AllowedEndpoints(parseEndpointList(list)).includes(host, port, address);
  } catch {
    // A newer agent may allow more kinds of entries.
    return true;
  }
}
