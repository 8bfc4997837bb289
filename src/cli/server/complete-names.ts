import type { Command } from 'commander';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bodyOf, type Api } from '../shared/client.js';
import { hostName } from '../shared/host-name.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { COMPLETE_NAMES, type NamedKind } from './named-kinds.js';

/** A slower server completes nothing, because the shell waits meanwhile. */
const TIMEOUT_MS = 1_000;
/** Maximum number of objects to read, so that a large cluster is not slow. */
const LIMIT = 500;
/** Names that no shell interprets. Others are left out: the shell would insert them without quotes, and tenants choose them. */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_.@+-]*$/u;

const NAMES: Readonly<Record<NamedKind, (api: Api, prefix: string) => Promise<readonly string[]>>> = {
  job: async (api) => (await jobs(api)).map((job) => job.job_id),
  allocation: async (api) =>
    (await jobs(api)).flatMap((job) => job.allocations.map((each) => each.allocation_id)),
  node: async (api) => {
    const { nodes } = await bodyOf(api.GET('/nodes', { params: { query: { limit: LIMIT } } }));
    return nodes.map((node) => hostName(node) ?? node.node_id);
  },
  task: async (api, prefix) => {
    const query = { size: 100, ...(prefix !== '' && { search: prefix }) };
    const { data } = await bodyOf(api.GET('/api/tasks', { params: { query } }));
    return data.map(({ name }) => name);
  },
  service: async (api) => (await bodyOf(api.GET('/api/v1/services', {}))).services.map(({ name }) => name),
};

async function jobs(api: Api) {
  return (await bodyOf(api.GET('/jobs', { params: { query: { limit: LIMIT } } }))).jobs;
}

/** Adds the command that completion scripts call. It prints one name per line. */
export function addCompleteNamesCommand(program: Command): void {
  remote(program.command(`${COMPLETE_NAMES} <kind> [prefix]`, { hidden: true }))
    .description('print the names of objects that begin with a text, one per line')
    .action(async (kind: string, prefix: string | undefined, options: RemoteOptions) => {
      // Messages would spoil the line that the user is typing, so a failure completes nothing.
      const found = await Promise.race([
        namesOf(kind, prefix ?? '', options).catch(() => []),
        systemClock.sleep(TIMEOUT_MS).then(() => []),
      ]);
      // A request that is still running must not keep the shell waiting.
      process.stdout.write(found.map((name) => `${name}\n`).join(''), () => process.exit(0));
    });
}

async function namesOf(kind: string, prefix: string, options: RemoteOptions): Promise<readonly string[]> {
  if (!Object.hasOwn(NAMES, kind)) return [];
  const names = await NAMES[kind as NamedKind](connect(options).api, prefix);
  return [...new Set(names)].filter((name) => name.startsWith(prefix) && PLAIN.test(name)).sort();
}
