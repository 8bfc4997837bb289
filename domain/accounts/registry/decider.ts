import { assertNever, declareErrors, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/decider.js';
import type { Recorded } from '../../kernel/event/recorded.js';
import { checkMayEdit, authorshipAfter, type Editor, type Authorship } from '../tenant/authorship.js';
import type { RegistryEvent } from './events.js';

export const MAX_REGISTRIES = 100;

export const registryErrors = declareErrors({
  MUSTER_E_REGISTRY_NOT_FOUND: {
    status: 404,
    template: 'there is no credential for {host}',
    hint: 'List registries: muster registry list',
  },
});

/** Times are in milliseconds since 1970. */
export interface Registry extends Authorship {
  readonly host: string;
  readonly sealed: string;
}

export type RegistriesState = ReadonlyMap<string, Registry>;

export type RegistryCommand = Editor & { readonly tenantId: string; readonly host: string } & (
    { readonly kind: 'set'; readonly sealed: string } | { readonly kind: 'remove' }
  );

/**
 * Repeating a command that already took effect appends nothing. Throws `MUSTER_E_REGISTRY_NOT_FOUND`, `MUSTER_E_FORBIDDEN`, or, if the limit is
 * exceeded, `MUSTER_E_INVALID`.
 */
export const registryDecider: Decider<RegistryCommand, RegistryEvent, RegistriesState> = {
  initialState: new Map(),
  decide(command, state) {
    const { kind, tenantId, host, by } = command;
    const former = state.get(host);
    checkMayEdit('a credential', former, command);
    switch (kind) {
      case 'set': {
        const { sealed } = command;
        if (former?.sealed === sealed) return [];
        if (former === undefined && state.size >= MAX_REGISTRIES)
          throw new MusterError('MUSTER_E_INVALID', {
            field: 'host',
            problem: `a tenant has credentials for at most ${MAX_REGISTRIES} registries`,
          });
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
      return next.set(host, { host, sealed, ...authorshipAfter(state.get(host), setBy, event.metadata) });
    }
    case 'RegistryCredentialRemoved':
      next.delete(host);
      return next;
    default:
      return assertNever(event);
  }
}
