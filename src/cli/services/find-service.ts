import { isUuid } from '#domain/kernel/plain-name.js';
import { bodyOf, type Api } from '../shared/client.js';
import { unambiguous, type ReadAs } from '../shared/resolve-prefix.js';

export interface ServiceParams {
  readonly path: { readonly id: string };
}

export interface AllTenants {
  readonly allTenants?: boolean;
}

export function allTenantsQuery({ allTenants }: AllTenants): { readonly all_tenants?: true } {
  return allTenants === true ? { all_tenants: true } : {};
}

/** Finds a service by its name, its id, or a unique prefix of either. A whole id may be of any tenant: the server checks the rights. */
export async function findService(api: Api, given: string, as?: ReadAs): Promise<ServiceParams> {
  if (as?.id === true && as.name !== true && isUuid(given)) return { path: { id: given } };
  const { services } = await bodyOf(api.GET('/api/v1/services', {}));
  return { path: { id: unambiguous('service', given, services, as).id } };
}
