import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../plain-name.js';

/** A text that a program is given: NUL would end it early. */
const given = (max: number) => z.string().max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);

/** What drivers that start a program take: how it is named, what it is given, as whom and where it runs. */
export const program = {
  command: given(65536).min(1),
  args: z.array(given(32768)).max(1024),
  work_dir: given(4096).min(1).startsWith('/', 'must be an absolute path'),
  user: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/, 'must be a user name or number'),
};

/** As whom a process of the host runs; neither: as the agent's own user. */
export const asWhom = {
  /** A user of the host: an operator says it. */
  user: program.user.optional(),
  /** The user that the node keeps for this tenant alone: a surface says it of what its accounts run. */
  tenant: given(256).min(1).optional(),
};

export function refuseTwoUsers(config: { readonly user?: string | undefined; readonly tenant?: string | undefined }, context: z.RefinementCtx): void {
  if (config.user !== undefined && config.tenant !== undefined)
    context.addIssue({ code: 'custom', path: ['tenant'], message: 'is not for a task that names its user' });
}

/** The attribute by which a node says whether it takes processes of tenants. One that says nothing takes them. */
export const TENANTS_TAKEN = 'exec.tenants';
export type TenantsTaken = 'accepted' | 'refused';
/** The attribute by which a node says why it refuses them. */
export const TENANTS_REFUSED_FOR = 'exec.tenants_refused_for';
/**
 * `shared_user`: they would run as the agent's own user. `shared_tmp`: they would share `/tmp` and `/dev/shm`. `open_store`: they would reach a store of
 * Muster's, or its NATS, that asks for no credentials.
 */
export const TENANT_REFUSALS = ['shared_user', 'shared_tmp', 'open_store'] as const;
export type TenantRefusal = (typeof TENANT_REFUSALS)[number];

/** What a scheduler's reason adds for each, in words. Reasons without them are those of nodes that say nothing more. */
const REFUSAL_WORDS: Readonly<Record<TenantRefusal, string>> = {
  shared_user: '',
  shared_tmp: ' (processes there share /tmp)',
  open_store: ' (processes there reach a store or NATS that asks for no credentials)',
};

/** What a node said of why it refuses tenants' processes, for a reason; empty where it said nothing that is known. */
export function refusalInWords(said: string | undefined): string {
  return REFUSAL_WORDS[TENANT_REFUSALS.find((each) => each === said) ?? 'shared_user'];
}

/** Why a node refused tenants' processes, by a scheduler's reason; undefined: it did not. */
export function refusalIn(reason: string): TenantRefusal | undefined {
  if (!reason.startsWith(`constraint ${TENANTS_TAKEN} `)) return undefined;
  return TENANT_REFUSALS.find((each) => REFUSAL_WORDS[each] !== '' && reason.endsWith(REFUSAL_WORDS[each])) ?? 'shared_user';
}

/** The attribute by which a node names the stores that let in its tenants' processes without credentials. */
export const OPEN_STORES = 'exec.open_stores';
/** What a node must fulfil that is to run a tenant's process. */
export const TAKES_TENANTS = { attribute: TENANTS_TAKEN, operator: '!=', value: 'refused' } as const;
