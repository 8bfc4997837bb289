import type { Clock } from '#domain/ports/clock.js';
import type { Metrics } from './metrics.js';

/** The figures of this process. Only the thread that is scraped loads what writes them: all others but count. */
export async function createMetrics(clock: Pick<Clock, 'sleep'>): Promise<Metrics> {
  const { Metrics: Figures } = await import('./metrics.js');
  return new Figures(clock);
}
