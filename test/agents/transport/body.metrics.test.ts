import t from 'tap';
import { metricsOutcome } from '#agents/transport/body.js';

const METRICS = { node_id: 'n1', cpu_usage_percent: 1.5, memory_usage_percent: 2, gpus: [], system: {} };
const outcome = (body: unknown, status = 200) =>
  metricsOutcome(status, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

void t.test(
  'metrics of the contract’s form are passed on byte by byte, whatever else is in them',
  async (t) => {
    for (const body of [
      METRICS,
      { ...METRICS, more: { of: 'a third party' }, gpus: [{ any: 1 }], system: { load: [1] } },
    ]) {
      const text = `  ${JSON.stringify(body)}\n`;
      t.same(outcome(text), { kind: 'found', bytes: Buffer.from(text) });
    }
  },
);

void t.test("a response that is not a node's metrics is reported as such, with the field", async (t) => {
  for (const [body, problem] of [
    [{ a: 1 }, /node_id/],
    [{}, /node_id/],
    [[], /not the metrics/],
    [null, /not the metrics/],
    ['7', /not the metrics/],
    ['"text"', /not the metrics/],
    ['', /no JSON/],
    ['{', /no JSON/],
    ['\u0000', /no JSON/],
    ['<html></html>', /no JSON/],
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
  t.match(metricsOutcome(200, Buffer.from([0xff, 0xfe])), { kind: 'unknown', problem: /no JSON/ });
});
