import type { TestFile } from './run.js';

/** Slowest tests at the last measurement, slowest first. If one of them started last, the machine would wait for it idly. */
const LONGEST = [
  'deploy/containers',
  'scenarios/three-hundred-tasks',
  'scenarios/server-killed',
  'scenarios/production/outages',
  'agents/drivers/docker/docker-driver',
  'scenarios/production/killed',
  'src/engine/event-store/esdb/esdb-event-store.faults',
  'scenarios/production/networks',
  'scenarios/production/servers',
  'scenarios/tasks',
  'scenarios/two-schedulers',
  'scenarios/workers',
  'scenarios/nats-faults',
  'src/engine/read-models/mongodb/',
  'scenarios/read-models-deleted',
  'scenarios/agent-killed',
  'scenarios/gpu-claims',
  'scenarios/gpu-story',
  'scenarios/task-notices',
  'scenarios/process',
  'scenarios/http-only-agent',
  'scenarios/node-silent',
  'scenarios/',
  'src/fleet/nodes/nats',
  'agents/drivers/conda',
  'src/cli/commands',
];

export function longestFirst(files: readonly TestFile[]): TestFile[] {
  const rank = ({ path }: TestFile): number => {
    const found = LONGEST.findIndex((name) => path.includes(`/test/${name}`));
    return found === -1 ? LONGEST.length : found;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}
