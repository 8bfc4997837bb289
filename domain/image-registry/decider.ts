import { assertNever, declareErrors, MusterError } from '../errors/index.js';
import type { Decider } from '../event/decider.js';
import type { Recorded } from '../event/recorded.js';
import type { RegistryEvent } from './events.js';

/** Registries that a tenant may have credentials for. */
export const MAX_REGISTRIES = 100;

/** What can be wrong with a registry's credential. */
export const registryErrors = declareErrors({
  MUSTER_E_REGISTRY_NOT_FOUND: { status: 404, template: 'there is no credential for {host}', hint: 'List those that there are: muster registry list' },
});

/** A credential that is there. Times are milliseconds since 1970. */
export interface Registry {
  readonly host: string;
  readonly sealed: string;
  /** Who set it first. */
  readonly createdBy: string;
  readonly createdAt: number;
  /** Who set it last. */
  readonly setBy: string;
  readonly setAt: number;
}

/** By their hosts. */
export type RegistriesState = ReadonlyMap<string, Registry>;

/** `by`: who asks; `any`: he may change what others have set. */
export type RegistryCommand = { readonly tenantId: string; readonly host: string; readonly by: string; readonly any: boolean } & (
  { readonly kind: 'set'; readonly sealed: string } | { readonly kind: 'remove' }
);

/** A tenant's credentials. Errors: `MUSTER_E_REGISTRY_NOT_FOUND`, `MUSTER_E_FORBIDDEN`, `MUSTER_E_INVALID` for one too many. What is so already leaves no event. */
export const registryDecider: Decider<RegistryCommand, RegistryEvent, RegistriesState> = {
  initialState: new Map(),
  decide(command, state) {
    const { kind, tenantId, host, by, any } = command;
    const former = state.get(host);
    if (former !== undefined && !any && former.createdBy !== by)
      throw new MusterError('MUSTER_E_FORBIDDEN', { problem: 'a credential is changed by who set it first, and by administrators' });
    switch (kind) {
      case 'set': {
        const { sealed } = command;
        if (former?.sealed === sealed) return [];
        if (former === undefined && state.size >= MAX_REGISTRIES)
          throw new MusterError('MUSTER_E_INVALID', { field: 'host', problem: `a tenant has credentials for at most ${MAX_REGISTRIES} registries` });
        return [{ type: 'RegistryCredentialSet', data: { tenantId, host, sealed, setBy: by } }];
      }
      case 'remove':
        if (former === undefined) throw new MusterError(registryErrors.MUSTER_E_REGISTRY_NOT_FOUND, { host });
        return [{ type: 'RegistryCredentialRemoved', data: { tenantId, host } }];
      default:
        return assertNever(kind);
    }
  },
  evolve,
};

function evolve(state: RegistriesState, event: Recorded<RegistryEvent>): RegistriesState {
  const { host } = event.data;
  const next = new Map(state);
  switch (event.type) {
    case 'RegistryCredentialSet': {
      const { sealed, setBy } = event.data;
      const { at } = event.metadata;
      const { createdBy = setBy, createdAt = at } = state.get(host) ?? {};
      return next.set(host, { host, sealed, createdBy, createdAt, setBy, setAt: at });
    }
    case 'RegistryCredentialRemoved':
      next.delete(host);
      return next;
    default:
      return assertNever(event);
  }
}
