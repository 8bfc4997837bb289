import { randomUUID } from 'node:crypto';
import { decode, encode, type MusterEvent, type RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { streamOf } from '../../../domain/scheduling/world.js';

/** Appends facts to any store, as their writers would. */
export class Facts {
  readonly #store: EventStore;
  readonly #revisions = new Map<string, number>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  async append(...events: MusterEvent[]): Promise<void> {
    for (let from = 0; from < events.length;) {
      const stream = streamOf(events[from]!);
      let to = from + 1;
      while (to < events.length && to - from < 200 && streamOf(events[to]!) === stream) to += 1;
      const expected = this.#revisions.get(stream) ?? -1;
      const texts = events.slice(from, to).map((event) => ({
        id: randomUUID(),
        ...encode(event, { $correlationId: 'test', $causationId: 'test', at: 1_700_000_000_000 }),
      }));
      this.#revisions.set(stream, expected + texts.length);
      await this.#store.append({ stream, expected: expected < 0 ? 'no_stream' : expected, events: texts });
      from = to;
    }
  }

  node(
    nodeId: string,
    resources: Record<string, number> = { cpu: 4000, memory: 8000 },
    epoch = 1,
  ): Promise<void> {
    return this.append({
      type: 'NodeRegistered',
      data: {
        nodeId,
        epoch,
        ipAddress: '10.0.0.1',
        resources,
        attributes: {},
        healthy: true,
        endpoint: null,
        protocol: 'muster',
      },
    });
  }

  job(jobId: string, count = 1, cpu = 100): Promise<void> {
    return this.append({
      type: 'JobSubmitted',
      data: {
        jobId,
        evaluationId: `eval-${jobId}`,
        specification: {
          task_groups: [
            {
              name: 'main',
              count,
              tasks: [
                {
                  name: 'task',
                  driver: 'exec',
                  config: { command: 'true' },
                  resources: { cpu, memory: 100 },
                },
              ],
            },
          ],
        },
      },
    });
  }
}

export async function planLogOf(store: EventStore): Promise<RecordedMusterEvent[]> {
  const events: RecordedMusterEvent[] = [];
  for await (const page of store.readStream('scheduler')) events.push(...page.map(decode));
  return events;
}

export const ofType = <Type extends RecordedMusterEvent['type']>(
  events: readonly RecordedMusterEvent[],
  type: Type,
): Extract<RecordedMusterEvent, { type: Type }>[] =>
  events.filter((event): event is Extract<RecordedMusterEvent, { type: Type }> => event.type === type);
