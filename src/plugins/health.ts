import type { ReadinessCheck } from '#src/surfaces/kit/index.js';
import type { RoleSettings } from '../server/process/roles.js';
import type { ServerHost } from '../server/process/server-host.js';
import { healthMetrics } from './health.metrics.js';

export function openHealth(host: ServerHost, { roles }: RoleSettings): () => readonly ReadinessCheck[] {
  const readiness = host.monitorHealth();
  host.measure((metrics) => healthMetrics(metrics, readiness, roles));
  return readiness;
}
