import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Finding } from '#domain/kernel/finding.js';
import type { ClusterStates, ClusterStatesOptions } from './cluster-states.js';
import type { DecisionsOptions } from './decisions.js';
import type { DecisionReads } from './start-decisions.js';

/** Checks every prefix of the plan log. Loads the planner on demand, because the thread that starts schedulers does not need it. */
export async function checkPlanLog(store: EventStore): Promise<Finding[]> {
  const checks = await import('./checks.js');
  return await checks.checkPlanLog(store);
}

/** Compares the scheduler's snapshot with the log. Loads the planner on demand. */
export async function checkClusterState(
  store: EventStore,
  directory: string,
  catalog: Catalog,
): Promise<Finding[]> {
  const checks = await import('./checks.js');
  return await checks.checkClusterState(store, directory, catalog);
}

/** Opens the cluster states at positions of the log. Loads the planner on demand. */
export async function openClusterStates(options: ClusterStatesOptions): Promise<ClusterStates> {
  const states = await import('./cluster-states.js');
  return new states.ClusterStates(options);
}

/** Repeats decisions in this thread, one question at a time. Loads the planner on the first question. */
export function openDecisions(options: DecisionsOptions): DecisionReads {
  let opened: Promise<DecisionReads> | undefined;
  const open = async (): Promise<DecisionReads> => {
    const { Decisions } = await import('./decisions.js');
    return new Decisions(options);
  };
  return { explain: async (question) => await (await (opened ??= open())).explain(question) };
}
