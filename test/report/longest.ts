import type { TestFile } from './run.js';

/** What took longest when it was measured last, the longest first: begun at the end, one of them would be waited for by an idle machine. */
const LONGEST = [
  'scenarios/server-killed',
  'scenarios/production/killed',
  'scenarios/production/outages',
  'scenarios/production/networks',
  'scenarios/http-only-agent',
  'scenarios/read-models-deleted',
  'scenarios/nats-faults',
  'scenarios/gpu-claims',
  'scenarios/process',
  'scenarios/agent-killed',
  'scenarios/gpu-story',
  'scenarios/node-silent',
  'scenarios/production/servers',
  'scenarios/',
  'src/engine/event-store/esdb/esdb-event-store.faults',
  'agents/drivers/docker/docker-driver',
  'src/cli/commands',
];

/** The files in the order in which they are best begun. */
export function longestFirst(files: readonly TestFile[]): TestFile[] {
  const rank = ({ path }: TestFile): number => {
    const found = LONGEST.findIndex((name) => path.includes(`/test/${name}`));
    return found === -1 ? LONGEST.length : found;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}
