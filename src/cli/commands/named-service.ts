import { bodyOf, type Api } from '../client.js';
import { unambiguous, type ReadAs } from '../unambiguous.js';

/** The parameters of a route of one service. */
export interface Named {
  readonly path: { readonly id: string };
}

/** Which service is meant: by its name, its id, or an unambiguous beginning of one. */
export async function named(api: Api, given: string, as?: ReadAs): Promise<Named> {
  const { services } = await bodyOf(api.GET('/api/v1/services', {}));
  return { path: { id: unambiguous('service', given, services, as).id } };
}
