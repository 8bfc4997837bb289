import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents } from '../../fixtures/event-log.js';
import { ownFolder } from '../../fixtures/folder.js';
import { eventually } from '../../fixtures/eventually.js';
import { OwnScope } from '../../fixtures/scope.js';
import { startServer } from '../../fixtures/server.js';
import { number, quantile, type Figure, type Row } from '../row.js';
import { administrator, WITH_ADMINISTRATOR } from '../tasks/tasks.js';

/** A task that fires each second and records when it began: the whole way from the clock to the process. */
export const slotToProcess: Row = {
  name: 'slot-to-process',
  what: 'slot of a task to its process started (the time that the process itself writes), idle server, p99',
  sense: 'most',
  bar: 150,
  quickBar: 5_000,
  unit: 'ms',
  async measure({ quick, runs }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const samples = await sample(quick ? 3 : 100);
      figures.push(quantile(samples, 0.99));
      notes.push(
        `run ${run + 1}: ${samples.length} samples, p50 ${number(quantile(samples, 0.5))} ms, longest ${number(quantile(samples, 1))} ms`,
      );
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

async function sample(count: number): Promise<number[]> {
  const scope = new OwnScope();
  try {
    const folder = ownFolder(scope);
    const seen = join(folder, 'seen');
    writeFileSync(seen, '');
    // Tenant processes run as a different user.
    chmodSync(folder, 0o755);
    chmodSync(seen, 0o666);
    const server = await startServer(scope, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_LOG_LEVEL: 'warn', ...WITH_ADMINISTRATOR },
    });
    await eventually(async () => (await server.api.nodes()).some((node) => node.healthy), {
      timeout: 20_000,
      what: 'the local agent',
    });
    const account = await administrator(server);
    await account.create({
      name: 'each second',
      schedule: '* * * * * *',
      concurrency: 'allow',
      command: `date +%s%N >> '${seen}'`,
    });
    // The first three runs are warm-up.
    const wanted = count + 3;
    const began = (): number[] =>
      readFileSync(seen, 'utf8')
        .split('\n')
        .flatMap((line) => (line === '' ? [] : Number(BigInt(line) / 1000n) / 1000));
    await eventually(() => began().length >= wanted, {
      timeout: wanted * 1_000 + 60_000,
      interval: 200,
      what: `${wanted} runs`,
    });
    const decided = await readEvents(server, { types: ['TaskSlotDecided'] });
    const slots = decided.flatMap((event) =>
      event.type === 'TaskSlotDecided' && event.data.decision === 'run' ? event.data.slot : [],
    );
    return began()
      .slice(3, wanted)
      .map((at, index) => at - (slots[index + 3] ?? Number.NaN))
      .sort((a, b) => a - b);
  } finally {
    await scope.end();
  }
}
