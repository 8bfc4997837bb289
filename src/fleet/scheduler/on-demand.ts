import type { EventStore } from '#domain/ports/event-store.js';
import type { Finding } from '#domain/scheduling/index.js';

/** Checks the plan log, every prefix of it. The planner is loaded only now: who starts a scheduler's thread needs none of it. */
export async function checkPlanLog(store: EventStore): Promise<Finding[]> {
  const checks = await import('./checks.js');
  return await checks.checkPlanLog(store);
}

/** Compares the scheduler's snapshot with the log, likewise. */
export async function checkClusterState(store: EventStore, directory: string): Promise<Finding[]> {
  const checks = await import('./checks.js');
  return await checks.checkClusterState(store, directory);
}
