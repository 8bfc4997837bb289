import t from 'tap';
import { metricsOutcome } from '#agents/platform/transport/body.js';

const METRICS = { node_id: 'n1', cpu_usage_percent: 1.5, memory_usage_percent: 2, gpus: [], system: {} };
const outcome = (body: unknown, status = 200) =>
  metricsOutcome(status, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

void t.test('passes on metrics that match the contract byte for byte', async (t) => {
  for (const body of [
    METRICS,
    { ...METRICS, more: { of: 'a third party' }, gpus: [{ any: 1 }], system: { load: [1] } },
  ]) {
    const text = `  ${JSON.stringify(body)}\n`;
    t.same(outcome(text), { kind: 'found', bytes: Buffer.from(text) });
  }
});

void t.test("rejects a response that is not a node's metrics, and reports the invalid field", async (t) => {
  for (const [body, problem] of [
    [{ a: 1 }, /node_id/],
    [{}, /node_id/],
    [[], /not the metrics/],
    [null, /not the metrics/],
    ['7', /not the metrics/],
    ['"text"', /not the metrics/],
    ['', /not JSON/],
    ['{', /not JSON/],
    ['\u0000', /not JSON/],
    ['<html></html>', /not JSON/],
    ...Object.keys(METRICS).map((name) => [{ ...METRICS, [name]: undefined }, new RegExp(name)] as const),
    [{ ...METRICS, cpu_usage_percent: '1' }, /cpu_usage_percent/],
    [{ ...METRICS, gpus: {} }, /gpus/],
    [{ ...METRICS, system: [] }, /system/],
    [
      '{"node_id":"n1","cpu_usage_percent":1e999,"memory_usage_percent":1,"gpus":[],"system":{}}',
      /cpu_usage_percent/,
    ],
  ] as const) {
    const found = outcome(body);
    t.match(found, { kind: 'unknown', problem }, JSON.stringify(body));
  }
  t.match(outcome(METRICS, 500), { kind: 'unknown' });
  t.match(metricsOutcome(200, Buffer.from([0xff, 0xfe])), { kind: 'unknown', problem: /not JSON/ });
});
