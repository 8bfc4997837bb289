import type Docker from 'dockerode';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { runProgram } from '../../run-program.js';
import type { TenantUsers } from '../../users/tenant-users.js';
import { TASK_PATH } from '../exec/index.js';
import { LABELS } from './container-request.js';

/** Node attribute: whether tenants' processes are kept from unpublished ports of containers. */
export const CONTAINER_PORTS = 'docker.container_ports';

/** Bridges of tenants' networks are named like this, so one rule covers later ones too. */
const BRIDGE_PREFIX = 'muster-';
/** Docker's option for the name of a network's bridge. */
export const BRIDGE_NAME = 'com.docker.network.bridge.name';
const TIMEOUT_MS = 10_000;

/**
 * Docker keeps containers apart, but every process of the host reaches every port of every container through the host's side of the bridge. Firewall
 * rules refuse this to the users of tenants. Connections to published ports, which Docker redirects, and answers to containers are not affected. The
 * rules stay when the agent ends, because its tasks do too.
 */
export class ClosedBridges {
  readonly #closed = new Set<string>();
  #failure: string | undefined;

  constructor(
    private readonly docker: Docker,
    private readonly users: Pick<TenantUsers, 'separation' | 'range'>,
    private readonly log: AgentLog,
  ) {}

  /** Closes the bridges that this agent has not closed yet; with `again` all of them, because a firewall that is reloaded loses the rules. */
  async close(again = false): Promise<void> {
    if (this.users.separation !== 'separate') return;
    try {
      for (const rule of await this.#rules()) {
        const name = rule.join(' ');
        if (this.#closed.has(name) && !again) continue;
        // Until this has succeeded, it is not known whether the rule is there.
        this.#closed.delete(name);
        await closed(rule, this.users.range);
        this.#closed.add(name);
      }
      this.#failure = undefined;
    } catch (error) {
      const { error: failure } = errorFields(error);
      if (failure !== this.#failure) this.log.warn({ problem: failure }, 'agent.docker.bridges-open');
      this.#failure = failure;
    }
  }

  async attributes(): Promise<Readonly<Record<string, string>>> {
    if (this.users.separation !== 'separate') return {};
    await this.close();
    return { [CONTAINER_PORTS]: this.#failure === undefined ? 'closed' : 'open' };
  }

  /** The program and the interface of each rule: those of Docker's default network, and of networks that agents have created. */
  async #rules(): Promise<(readonly [program: string, bridge: string])[]> {
    const networks = (await this.docker.listNetworks({ filters: { driver: ['bridge'] } })).filter(
      ({ Name, Labels }) => Name === 'bridge' || Labels?.[LABELS.node] !== undefined,
    );
    const bridges = networks.map(({ Id, Options }) => Options?.[BRIDGE_NAME] ?? `br-${Id.slice(0, 12)}`);
    const names = new Set([
      `${BRIDGE_PREFIX}+`,
      ...bridges.filter((bridge) => !bridge.startsWith(BRIDGE_PREFIX)),
    ]);
    const programs = ['iptables', ...(networks.some(({ EnableIPv6 }) => EnableIPv6) ? ['ip6tables'] : [])];
    return programs.flatMap((program) => [...names].map((name) => [program, name] as const));
  }
}

async function closed(
  [program, bridge]: readonly [program: string, bridge: string],
  { first, last }: TenantUsers['range'],
): Promise<void> {
  const rule = ['OUTPUT', '-o', bridge, '-m', 'owner', '--uid-owner', `${first}-${last}`];
  rule.push('-m', 'conntrack', '!', '--ctstate', 'DNAT', '--ctdir', 'ORIGINAL', '-j', 'REJECT');
  if ((await run(program, ['-w', '5', '-C', ...rule])) === undefined) return;
  const failure = await run(program, ['-w', '5', '-I', ...rule]);
  if (failure !== undefined) throw new Error(`${program}: ${failure}`);
}

/** Returns why the program failed, or undefined. */
function run(program: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    runProgram(program, words, { timeout: TIMEOUT_MS, env: { PATH: TASK_PATH } }, (error, _output, stderr) =>
      resolve(error === null ? undefined : stderr.trim() || error.message),
    );
  });
}
