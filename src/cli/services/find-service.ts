import { bodyOf, type Api } from '../shared/client.js';
import { unambiguous, type ReadAs } from '../shared/resolve-prefix.js';

export interface ServiceParams {
  readonly path: { readonly id: string };
}

/** Finds a service by its name, its id, or a unique prefix of either. */
export async function findService(api: Api, given: string, as?: ReadAs): Promise<ServiceParams> {
  const { services } = await bodyOf(api.GET('/api/v1/services', {}));
  return { path: { id: unambiguous('service', given, services, as).id } };
}
