/** Events that report progress or bookkeeping. Another event of the same object says what came of it. */
const PROGRESS: ReadonlySet<string> = new Set([
  'AllocationAccepted',
  'DeploymentAdvanced',
  'EvaluationCompleted',
  'JobDeploymentAdvanced',
  'NodeCapacitySet',
  'TaskStarted',
]);

export function isProgress(type: string): boolean {
  return PROGRESS.has(type);
}
