/** Returns the agent's reason for a lost allocation if its node did not start any of its tasks. */
export function refusedStart(nodeId: string, why: string): string {
  return `refused by node ${nodeId}: ${why}`;
}

/** Whether the reason means that no task of the allocation was started. */
export function isRefusedStart(reason: string | null): boolean {
  return reason?.startsWith('refused by node ') === true;
}
