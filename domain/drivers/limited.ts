import {
  TENANT_REFUSALS,
  TENANT_REFUSAL_REASON,
  TENANT_SUPPORT,
  type TenantRefusal,
} from './tenant-refusal.js';
import { DOCKER_FAULT, GPU_FAULT } from './start-fault.js';
import type { NodeAttributes } from '../kernel/resources.js';

export interface Limited {
  readonly attribute: string;
  readonly value: string;
  readonly means: string;
}

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'exec.users': {
    shared:
      'the agent is not root, so the processes of all tenants would run as its own user, without isolation from each other; as root, it gives each tenant its own user',
    none: 'the agent is root but cannot switch to other users, so it does not run processes of tenants; grant it CAP_SETUID and CAP_SETGID, or start it as an ordinary user',
  },
  'exec.isolation': {
    none: 'the agent cannot write control groups, so the CPU and memory of processes are measured but not limited; start it as root, or delegate control groups to it',
  },
  'exec.namespaces': {
    shared:
      'the agent cannot create mount and IPC namespaces, so processes of tenants that run here share /tmp, /dev/shm and System V memory, and what they leave there is not removed; start it as root with CAP_SYS_ADMIN, outside a container',
  },
  'docker.container_ports': {
    open: 'the agent cannot set firewall rules, so processes of tenants reach unpublished ports of all containers; install iptables, start the agent with CAP_NET_ADMIN, and see agent.docker.bridges-open in its log',
  },
  'docker.files_counted': {
    without_volumes:
      'the agent cannot read the data directory of Docker, so files in the volumes of tenants’ containers are not counted; start it as root on the machine that runs the Docker daemon',
  },
};

const REFUSED: Readonly<Record<TenantRefusal, string>> = {
  shared_user:
    'because the agent has no separate users for tenants; start it as root, or set MUSTER_TENANTS_SHARE_AGENT_USER=true if everyone who runs tasks may read and do whatever the agent’s user may',
  shared_tmp:
    'because those of all tenants would share /tmp and /dev/shm; grant the agent CAP_SYS_ADMIN, or set MUSTER_TENANTS_SHARE_TMP=true if tenants may see what others leave there',
};

const FAULTS: Readonly<Record<string, string>> = {
  [DOCKER_FAULT]: 'the node gets no containers until one starts, or for 10 minutes',
  [GPU_FAULT]: 'the node gets no containers with GPUs until one starts, or for 10 minutes',
};

export function limitedBy(attributes: NodeAttributes): Limited[] {
  const limits = Object.entries(WORDS).flatMap(([attribute, words]) => {
    const value = String(attributes[attribute]);
    const means = words[value];
    return means === undefined ? [] : [{ attribute, value, means }];
  });
  const faults = Object.entries(FAULTS).flatMap(([attribute, means]) => {
    const value = attributes[attribute];
    return value === undefined ? [] : [{ attribute, value: String(value), means }];
  });
  const means = refusedTenants(attributes);
  const refused = means === undefined ? [] : [{ attribute: TENANT_SUPPORT, value: 'refused', means }];
  return [...limits, ...faults, ...refused];
}

/** Explains why a node refuses tenants' processes and what would change that. Returns undefined if the node accepts them. */
export function refusedTenants(attributes: Readonly<Record<string, unknown>>): string | undefined {
  if (attributes[TENANT_SUPPORT] !== 'refused') return undefined;
  const refusal = TENANT_REFUSALS.find((each) => each === attributes[TENANT_REFUSAL_REASON]) ?? 'shared_user';
  return `this node does not run processes of tenants ${REFUSED[refusal]}`;
}
