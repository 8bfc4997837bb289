import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Finding } from '#domain/scheduling/index.js';

/** Checks every prefix of the plan log. Loads the planner on demand, because starting a scheduler thread does not need it here. */
export async function checkPlanLog(store: EventStore): Promise<Finding[]> {
  const checks = await import('./checks.js');
  return await checks.checkPlanLog(store);
}

/** Compares the scheduler's snapshot with the log. Loads the planner on demand. */
export async function checkClusterState(store: EventStore, directory: string): Promise<Finding[]> {
  const checks = await import('./checks.js');
  return await checks.checkClusterState(store, directory);
}
