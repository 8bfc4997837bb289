import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { GpuTable } from '#agents/fingerprint/gpu-table.js';
import type { AgentLog } from '#agents/platform/log.js';
import type { GpuDevice } from '#domain/protocol/index.js';

const log = { warn: () => undefined } as unknown as AgentLog;
const gpu = (index: number, uuid: string, mig = false): GpuDevice => ({
  index,
  uuid,
  name: 'NVIDIA H100',
  driver_version: '550.1',
  memory_total_mb: 1,
  memory_used_mb: 0,
  utilization_percent: 0,
  temperature_celsius: 40,
  power_watts: 70,
  mig,
});
const open = async (t: Test): Promise<GpuTable> => await GpuTable.open(t.testdir(), log);
const said = async (table: GpuTable, ...gpus: readonly GpuDevice[]): Promise<string[]> =>
  (await table.see(gpus)).map(({ index, uuid, health }) => `${index} ${uuid} ${health}`);

void t.test('a card keeps its number, whichever other cards respond', async (t) => {
  const table = await open(t);
  t.same(await said(table, gpu(0, 'a'), gpu(1, 'b'), gpu(2, 'c')), ['0 a ok', '1 b ok', '2 c ok']);
  t.same(
    await said(table, gpu(0, 'b'), gpu(1, 'c')),
    ['0 a missing', '1 b ok', '2 c ok'],
    'the numbers do not change when the indexes change',
  );
  t.same(await said(table, gpu(0, 'a'), gpu(1, 'b'), gpu(2, 'c', true)), ['0 a ok', '1 b ok', '2 c divided']);
  t.same(await said(table), ['0 a missing', '1 b missing', '2 c missing']);
  t.equal(table.nameOf(2), 'c');
  t.equal(table.nameOf(7), '7', 'an unknown card is named by its number');
});

void t.test('a card with a fault takes no work, but keeps the work that it has', async (t) => {
  const logged: unknown[] = [];
  const warn = (fields: unknown, code: string): void => void logged.push([code, fields]);
  const table = await GpuTable.open(t.testdir(), { warn } as unknown as AgentLog);
  const ill = { ...gpu(1, 'b'), fault: 'nvidia-smi reports ERR!' };
  const devices = await table.see([gpu(0, 'a'), ill]);
  t.match(devices, [{ health: 'ok' }, { health: 'nvidia-smi reports ERR!' }]);
  t.match(await table.see([gpu(0, 'a'), ill], new Set(['b'])), [
    { health: 'ok' },
    { health: 'ok', fault: 'nvidia-smi reports ERR!' },
  ]);
  t.match(await table.see([gpu(0, 'a')], new Set(['b'])), [{ health: 'ok' }, { health: 'missing' }]);
  const unread = { ...gpu(1, 'b'), unread: 'nvidia-smi reports ERR!' };
  t.match(await table.see([gpu(0, 'a'), unread]), [
    { health: 'ok' },
    { health: 'ok', fault: 'nvidia-smi reports ERR!' },
  ]);
  table.declare(devices);
  table.declare(devices);
  t.match(logged, [['agent.gpus.not-usable', { gpus: [{ index: 1, fault: ill.fault }] }]]);
  t.ok(table.differs(await table.see([gpu(0, 'a'), ill], new Set(['b']))));
});

void t.test('assigns a new card a number of its own, and keeps that of the replaced one', async (t) => {
  const table = await open(t);
  await said(table, gpu(0, 'a'), gpu(1, 'b'));
  t.same(await said(table, gpu(0, 'new'), gpu(1, 'b')), ['0 a missing', '1 b ok', '2 new ok']);
  t.same(
    await said(table, gpu(0, 'a'), gpu(1, 'b'), gpu(2, 'new')),
    ['0 a ok', '1 b ok', '2 new ok'],
    'the new card keeps its number when the other is back',
  );
});

void t.test('keeps numbers across restarts, and renumbers if the file is damaged', async (t) => {
  const directory = t.testdir({});
  await said(await GpuTable.open(directory, log), gpu(0, 'a'), gpu(1, 'b'));
  t.same(await said(await GpuTable.open(directory, log), gpu(0, 'b')), ['0 a missing', '1 b ok']);
  t.same(JSON.parse(readFileSync(join(directory, 'gpus.json'), 'utf8')), ['a', 'b']);
  t.same(await said(await GpuTable.open(t.testdir({ 'gpus.json': '{"' }), log), gpu(0, 'b')), ['0 b ok']);
});

void t.test('reuses the numbers of cards that have been missing for a long time', async (t) => {
  const table = await open(t);
  for (let n = 0; n < 200; n += 1) await table.see([gpu(0, `card-${n}`)]);
  const devices = await table.see([gpu(0, 'card-199')]);
  t.ok(devices.length <= 65, `${devices.length} cards are retained`);
  t.match(
    devices.filter(({ health }) => health === 'ok'),
    [{ uuid: 'card-199' }],
  );
});

void t.test('detects differences from the last report', async (t) => {
  const table = await open(t);
  const both = await table.see([gpu(0, 'a'), gpu(1, 'b')]);
  t.notOk(table.differs(both), 'nothing differs before the first report');
  table.declare(both);
  t.notOk(table.differs(await table.see([gpu(0, 'a'), gpu(1, 'b')])));
  t.ok(table.differs(await table.see([gpu(0, 'b')])));
  t.notOk(
    table.differs(await table.see([gpu(1, 'b'), gpu(0, 'a')])),
    'nothing differs once both cards are back',
  );
});
