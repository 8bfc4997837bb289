import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Metrics } from './metrics.js';

/** Creates the metrics. Only the thread that is scraped loads the code that formats metrics. All other threads only count. */
export async function createMetrics(clock: Pick<Clock, 'sleep'>): Promise<Metrics> {
  const { Metrics: Figures } = await import('./metrics.js');
  return new Figures(clock);
}
