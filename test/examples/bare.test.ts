import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { openEventStoreReadOnly } from '#src/engine/event-store/index.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { Program } from '../fixtures/program.js';

t.setTimeout(120_000);

const ROOT = resolve(import.meta.dirname, '../../..');
const SOURCES = join(ROOT, 'examples/bare');
const SERVER = join(ROOT, 'dist/examples/bare/server.js');

const MAX_LINES = 300;
/** The core, and the packages that a route needs. A room of the engine is entered by its index. */
const ALLOWED = /^(#domain\/kernel\/|#src\/engine\/[^/]+\/index\.js$|\.\/|node:|fastify$|zod$)/;

interface Balance {
  readonly balance: number;
  readonly changes: number;
}

/** One data directory and port, on which the example is started again and again. */
class Bare {
  #program: Program | undefined;

  private constructor(
    readonly directory: string,
    private readonly port: number,
  ) {}

  static async start(t: Test): Promise<Bare> {
    const bare = new Bare(ownFolder(t), await freePort());
    t.teardown(() => bare.end('SIGKILL'));
    await bare.start();
    return bare;
  }

  async start(): Promise<void> {
    const args = [SERVER, this.directory, String(this.port)];
    const program = Program.start({ command: process.execPath, args });
    this.#program = program;
    await eventually(() => program.status !== undefined || program.said('listening'));
    if (program.status !== undefined) throw new Error(program.tail());
  }

  async end(signal: NodeJS.Signals): Promise<number | null | undefined> {
    return (await this.#program?.end(signal))?.code;
  }

  async post(wallet: string, command: object, key?: string) {
    const response = await fetch(this.#url(wallet), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify(command),
    });
    const body = (await response.json()) as { readonly repeated?: boolean };
    return { status: response.status, position: response.headers.get('x-position') ?? '', body };
  }

  async get(wallet: string, position?: string): Promise<Balance | undefined> {
    const headers = position === undefined ? undefined : { 'x-position': position };
    const response = await fetch(this.#url(wallet), headers && { headers });
    return response.ok ? ((await response.json()) as Balance) : undefined;
  }

  /** Counts the events of the log by type. */
  async events(): Promise<Record<string, number>> {
    const store = openEventStoreReadOnly(this.directory);
    const counts: Record<string, number> = {};
    try {
      for await (const page of store.readAll())
        for (const { type } of page) counts[type] = (counts[type] ?? 0) + 1;
    } finally {
      await store.close();
    }
    return counts;
  }

  #url(wallet: string): string {
    return `http://localhost:${this.port}/wallets/${wallet}`;
  }
}

void t.test('the example imports only the core, and is short', async (t) => {
  const texts = readdirSync(SOURCES)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(SOURCES, name), 'utf8'));
  const imports = texts.flatMap((text) =>
    Array.from(text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g), ([, name = '']) => name),
  );
  t.ok(imports.length > 10, `${imports.length} imports were found`);
  t.same(
    imports.filter((name) => !ALLOWED.test(name)),
    [],
  );
  const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  t.ok(lines <= MAX_LINES, `${lines} lines`);
});

void t.test('a caller reads its own write, and a repeated request takes effect once', async (t) => {
  const bare = await Bare.start(t);
  t.equal(await bare.get('anna'), undefined);
  const first = await bare.post('anna', { kind: 'fill', amount: 100 }, 'k');
  const again = await bare.post('anna', { kind: 'fill', amount: 100 }, 'k');
  t.match(first, { status: 200, body: { repeated: false } });
  t.match(again, { status: 200, position: first.position, body: { repeated: true } });
  t.match(await bare.get('anna', first.position), { balance: 100, changes: 1 });
  const waiting = bare.get('anna', String(BigInt(first.position) + 1n));
  await bare.post('anna', { kind: 'fill', amount: 5 });
  t.match(await waiting, { balance: 105, changes: 2 }, 'waits for the next event');
  t.equal((await bare.post('anna', { kind: 'fill', amount: 101 }, 'k')).status, 422, 'a different body');
  t.equal((await bare.post('anna', { kind: 'send', to: 'ben', amount: 106 })).status, 409, 'too much');
  const received = { kind: 'receive', from: 'ben', transfer: 0, amount: 1 };
  t.equal((await bare.post('anna', received)).status, 400, 'a command of the saga');
  t.equal(await bare.end('SIGTERM'), 0);
  t.same(await bare.events(), { WalletFilled: 2 });
});

void t.test('a killed server loses no money and doubles none', async (t) => {
  const [lanes, perLane, killedAfter] = [4, 10, 12];
  const all = lanes * perLane;
  const bare = await Bare.start(t);
  await bare.post('anna', { kind: 'fill', amount: 1000 });
  let done = 0;
  const send = async (lane: number, place: number): Promise<void> => {
    const command = { kind: 'send', to: lane % 2 === 0 ? 'ben' : 'cleo', amount: 1 };
    t.equal((await bare.post('anna', command, `${lane}-${place}`)).status, 200);
    done += 1;
    if (done === killedAfter) await bare.end('SIGKILL');
  };
  const sendAll = (): Promise<unknown> =>
    Promise.allSettled(
      Array.from({ length: lanes }, async (_, lane) => {
        for (let place = 0; place < perLane; place += 1) await send(lane, place);
      }),
    );
  await sendAll();
  t.ok(done < all, `killed after ${done} of ${all} transfers`);

  await bare.start();
  done = all;
  await sendAll();
  t.equal(done, 2 * all, 'every request was repeated');
  // Transfers are delivered in order, so when the last one has arrived, the saga has delivered all others again.
  await bare.post('anna', { kind: 'send', to: 'dora', amount: 1 });
  await eventually(async () => (await bare.get('dora'))?.balance === 1);
  t.match(await bare.get('anna'), { balance: 1000 - all - 1, changes: 1 + all + 1 });
  t.match(await bare.get('ben'), { balance: all / 2, changes: all / 2 });
  t.match(await bare.get('cleo'), { balance: all / 2, changes: all / 2 });
  const before = await bare.events();
  t.same(before, { WalletFilled: 1, MoneySent: all + 1, MoneyReceived: all + 1 });

  await bare.end('SIGKILL');
  await bare.start();
  const { position } = await bare.post('anna', { kind: 'send', to: 'dora', amount: 1 });
  t.match(await bare.get('anna', position), { balance: 1000 - all - 2 });
  await eventually(async () => (await bare.get('dora'))?.balance === 2);
  t.equal(await bare.end('SIGTERM'), 0);
  t.same(await bare.events(), { ...before, MoneySent: all + 2, MoneyReceived: all + 2 });
});
