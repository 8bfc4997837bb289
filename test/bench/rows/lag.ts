import { shown, startFleet, type Fleet } from '../fleet.js';
import { readRecorded } from '../../fixtures/event-log.js';
import { processorTime, shareOfEach } from '../processor-time.js';
import { number, quantile, type Figure, type Row } from '../row.js';
import { due, JOBS, NOT_SHOWN_MS, untilShown, updateOf, WARM_UP_SECONDS } from './job-updates.js';

/** Each update leaves two events: the update, and the scheduler's record that the job is blocked. */
const UPDATES_A_SECOND = 250;

/** From sending a command until a GET shows its effect, at 500 events a second over 100 jobs. An upper bound of the read models' lag. */
export const lag: Row = {
  name: 'lag',
  what: 'from a command to a GET that shows it, 500 events a second over 100 jobs, after 20 seconds that warm up, p99',
  sense: 'most',
  bar: 200,
  quickBar: 60_000,
  unit: 'ms',
  wirings: ['production', 'embedded'],
  async measure({ quick, runs, wiring }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const fleet = await startFleet(0, undefined, wiring);
      try {
        await fleet.load(
          { kind: 'submit', count: JOBS, allocations: 1, prefix: 'job-', constrained: false },
          8,
        );
        if (!quick) {
          await sample(fleet, WARM_UP_SECONDS);
          await shown(fleet.server, 300_000);
        }
        const before = (await readRecorded(fleet.server)).length;
        const spent = processorTime();
        const began = performance.now();
        const samples = await sample(fleet, quick ? 3 : 20);
        const seconds = (performance.now() - began) / 1000;
        const taken = processorTime();
        const events = (await readRecorded(fleet.server)).length - before;
        figures.push(quantile(samples, 0.99));
        notes.push(
          `run ${run + 1}: ${samples.length} commands, ${number(events / seconds)} events a second; p50 ${number(quantile(samples, 0.5))} ms, p99 ${number(quantile(samples, 0.99))} ms, longest ${number(quantile(samples, 1))} ms, ` +
            `${samples.filter((each) => each >= NOT_SHOWN_MS).length} not shown in time; processor time an event ${shareOfEach(spent, taken, events)}`,
        );
      } finally {
        await fleet.end();
      }
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

/** Sends updates at an even pace, without waiting for earlier responses. */
async function sample({ server }: Fleet, seconds: number): Promise<number[]> {
  const began = performance.now();
  const count = seconds * UPDATES_A_SECOND;
  const under: Promise<number>[] = [];
  for (let index = 0; index < count; index += 1) {
    await due(began, index, UPDATES_A_SECOND);
    under.push(updateAndSee(server.api, `job-${index % JOBS}`, index));
  }
  return (await Promise.all(under)).sort((a, b) => a - b);
}

async function updateAndSee(api: Fleet['server']['api'], jobId: string, version: number): Promise<number> {
  const sent = performance.now();
  const answer = await api.put(`/jobs/${jobId}`, updateOf(jobId, version));
  if (answer.status !== 200) throw new Error(`PUT /jobs/${jobId}: ${answer.status} ${answer.text}`);
  return await untilShown(api, jobId, String(answer.headers['x-muster-position']), sent);
}
