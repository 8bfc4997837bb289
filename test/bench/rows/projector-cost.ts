import { join } from 'node:path';
import { Api } from '../../fixtures/api.js';
import { eventually } from '../../fixtures/eventually.js';
import { mongodb } from '../../fixtures/ferretdb.js';
import { ownFolder } from '../../fixtures/folder.js';
import { freePort } from '../../fixtures/free-port.js';
import { Program } from '../../fixtures/program.js';
import { OwnScope } from '../../fixtures/scope.js';
import { EventStoreProcess } from '../../fixtures/wiring/event-store-process.js';
import { writeLivedLog } from '../lived-log.js';
import { cpuSeconds } from '../processor-time.js';
import { number, type Figure, type Row } from '../row.js';

/** The kernel counts processor time in ticks. */
const TICK_SECONDS = 0.01;

/** Processor time of a server that is only a projector, from an empty MongoDB to complete read models, minus its startup. */
export const projectorCost: Row = {
  name: 'projector-cost',
  what: "events that the projector's own processor time allows into MongoDB (the servers' excluded)",
  sense: 'least',
  bar: 5_000,
  quickBar: 40,
  unit: 'a second',
  wirings: ['production'],
  async measure({ quick, runs }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const start = await project(0);
      const whole = await project(quick ? 1_000 : 40_000);
      // A quick run has so few events that the startup alone sometimes takes longer than the startup with them.
      const cpu = Math.max(whole.cpuSeconds - start.cpuSeconds, TICK_SECONDS);
      const seconds = whole.seconds - start.seconds;
      figures.push(whole.events / cpu);
      notes.push(
        `run ${run + 1}: ${whole.events.toLocaleString('en-US')} events, ${number((1e6 * cpu) / whole.events)} µs of processor time each; with the servers next to it ${number(whole.events / seconds)} events a second`,
      );
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

interface Projected {
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function project(wanted: number): Promise<Projected> {
  const scope = new OwnScope();
  try {
    const directory = join(ownFolder(scope), 'events');
    const events = wanted === 0 ? 0 : await writeLivedLog(directory, wanted, Math.max(10, wanted / 200));
    const [store, mongo, port] = await Promise.all([
      EventStoreProcess.start(scope, directory),
      mongodb(scope),
      freePort(),
    ]);
    const api = new Api(`http://127.0.0.1:${port}`);
    scope.teardown(() => api.close());
    const began = performance.now();
    const projector = Program.muster(['server'], {
      MUSTER_ROLES: 'projector',
      MUSTER_PORT: String(port),
      MUSTER_DATA_DIR: join(ownFolder(scope), 'projector'),
      MUSTER_EVENTSTORE_URL: store.url,
      MUSTER_MONGODB_URL: mongo.url,
      MUSTER_LOG_LEVEL: 'warn',
    });
    scope.teardown(async () => void (await projector.end('SIGTERM')));
    await eventually(
      async () => {
        if (projector.status !== undefined) throw new Error(`it has ended\n${projector.tail()}`);
        // Not `/metrics`: each sample of the lag reads the log in the process under test.
        return (await api.get('/readyz', { timeout: 5_000 })).status === 200;
      },
      { timeout: 1_200_000, interval: 250, what: 'all read models' },
    );
    return { events, seconds: (performance.now() - began) / 1000, cpuSeconds: cpuSeconds(projector.pid) };
  } finally {
    await scope.end();
  }
}
