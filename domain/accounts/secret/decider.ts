import { assertNever, declareErrors, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/decider.js';
import type { Recorded } from '../../kernel/event/recorded.js';
import { checkMayEdit, authorshipAfter, type Editor, type Authorship } from '../tenant/authorship.js';
import type { SecretEvent } from './events.js';

/** Limits per tenant: the number of secrets, and the total length of the sealed values in characters. */
export const MAX_SECRETS = 1_000;
export const MAX_SECRETS_TEXT = 4 * 1_048_576;

export const secretErrors = declareErrors({
  MUSTER_E_SECRET_NOT_FOUND: {
    status: 404,
    template: 'there is no secret {name}',
    hint: 'List secrets: muster secret list',
  },
});

/** Times are in milliseconds since 1970. */
export interface Secret extends Authorship {
  readonly name: string;
  readonly sealed: string;
  readonly version: number;
}

export type SecretsState = ReadonlyMap<string, Secret>;

export type SecretCommand = Editor & { readonly tenantId: string; readonly name: string } & (
    { readonly kind: 'set'; readonly sealed: string } | { readonly kind: 'remove' }
  );

/**
 * Repeating a command that already took effect appends nothing. Throws `MUSTER_E_SECRET_NOT_FOUND`, `MUSTER_E_FORBIDDEN`, or, if a limit is exceeded,
 * `MUSTER_E_INVALID`.
 */
export const secretDecider: Decider<SecretCommand, SecretEvent, SecretsState> = {
  initialState: new Map(),
  decide(command, state) {
    const { kind, tenantId, name, by } = command;
    const former = state.get(name);
    checkMayEdit('a secret', former, command);
    switch (kind) {
      case 'set': {
        const { sealed } = command;
        if (former?.sealed === sealed) return [];
        checkLimits(state, former, sealed);
        return [{ type: 'SecretSet', data: { tenantId, name, sealed, setBy: by } }];
      }
      case 'remove':
        if (former === undefined) throw new MusterError(secretErrors.MUSTER_E_SECRET_NOT_FOUND, { name });
        return [{ type: 'SecretRemoved', data: { tenantId, name } }];
      default:
        return assertNever(kind);
    }
  },
  evolve,
};

function checkLimits(state: SecretsState, former: Secret | undefined, sealed: string): void {
  if (former === undefined && state.size >= MAX_SECRETS)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'name',
      problem: `a tenant has at most ${MAX_SECRETS} secrets`,
    });
  const others = [...state.values()].reduce(
    (sum, each) => sum + (each === former ? 0 : each.sealed.length),
    0,
  );
  if (others + sealed.length > MAX_SECRETS_TEXT)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'value',
      problem: `the encrypted secrets of a tenant may have at most ${MAX_SECRETS_TEXT} characters in total`,
    });
}

function evolve(state: SecretsState, event: Recorded<SecretEvent>): SecretsState {
  const { name } = event.data;
  const next = new Map(state);
  switch (event.type) {
    case 'SecretSet': {
      const { sealed, setBy } = event.data;
      const former = state.get(name);
      return next.set(name, {
        name,
        sealed,
        ...authorshipAfter(former, setBy, event.metadata),
        version: (former?.version ?? 0) + 1,
      });
    }
    case 'SecretRemoved':
      next.delete(name);
      return next;
    default:
      return assertNever(event);
  }
}
