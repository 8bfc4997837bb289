import {
  OPEN_STORES,
  TENANT_REFUSALS,
  TENANT_REFUSAL_REASON,
  TENANT_SUPPORT,
  type TenantRefusal,
} from '#domain/drivers/tenant-refusal.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';

export interface Limited {
  readonly attribute: string;
  readonly value: string;
  readonly means: string;
}

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'exec.users': {
    shared:
      'the agent is not root, so processes of all tenants would run as its own user and nothing would keep them apart; as root it gives each tenant a user',
    none: 'the agent is root and cannot become other users, so it runs no processes of tenants; let it (CAP_SETUID, CAP_SETGID), or start it as an ordinary user',
  },
  'exec.isolation': {
    none: 'the agent may write no control groups, so cpu and memory of processes are measured and not limited; start it as root, or hand it groups',
  },
  'exec.namespaces': {
    shared:
      'the agent may make no mount and IPC namespaces, so processes of tenants that run there share /tmp, /dev/shm and System V memory, and what they leave there stays; start it as root with CAP_SYS_ADMIN, outside of a container',
  },
};

const REFUSED: Readonly<Record<TenantRefusal, string>> = {
  shared_user:
    'because the agent gives tenants no users of their own; start it as root, or set MUSTER_TENANTS_SHARE_AGENT_USER=true where everybody who runs tasks may read and do whatever the agent’s user may',
  shared_tmp:
    'because those of all tenants would share /tmp and /dev/shm; give the agent CAP_SYS_ADMIN, or set MUSTER_TENANTS_SHARE_TMP=true where tenants may find what others leave there',
  open_store:
    'because it would reach what asks for no credentials there; give that users and passwords, or a network that nodes are not on, or set MUSTER_TENANTS_REACH_OPEN_STORES=true where everybody who runs tasks may read and change all that Muster stores',
};

export function limitedBy(attributes: NodeAttributes): Limited[] {
  const limits = Object.entries(WORDS).flatMap(([attribute, words]) => {
    const value = String(attributes[attribute]);
    const means = words[value];
    return means === undefined ? [] : [{ attribute, value, means }];
  });
  const refused = refusedTenants(attributes);
  return refused === undefined
    ? limits
    : [...limits, { attribute: TENANT_SUPPORT, value: 'refused', means: refused }];
}

/** Explains why a node refuses tenants' processes and what would change that; undefined if it accepts them. */
export function refusedTenants(attributes: Readonly<Record<string, unknown>>): string | undefined {
  if (attributes[TENANT_SUPPORT] !== 'refused') return undefined;
  const refusal = TENANT_REFUSALS.find((each) => each === attributes[TENANT_REFUSAL_REASON]) ?? 'shared_user';
  const open = attributes[OPEN_STORES];
  return `no process of a tenant is taken, ${REFUSED[refusal]}${refusal === 'open_store' && typeof open === 'string' ? ` (${open})` : ''}`;
}
