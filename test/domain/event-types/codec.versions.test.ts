import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { decode, EVENTS } from '#domain/event-types/index.js';

/** A sample of an event, as written by a release whose schema had version `v`. Samples never change. */
interface Sample {
  readonly type: string;
  readonly v: number;
  readonly data: unknown;
}

const FOLDER = fileURLToPath(new URL('../../../../test/fixtures/events/', import.meta.url));
const samples = readdirSync(FOLDER).map(
  (file) => JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8')) as Sample,
);
const sampleOf = (type: string, version: number): Sample | undefined =>
  samples.find((each) => each.type === type && each.v === version);

const lifted = ({ type, v, data }: Sample): unknown =>
  decode({
    id: 'e',
    stream: 's-1',
    revision: 0,
    position: 1n,
    created: 1,
    type,
    data: JSON.stringify(data),
    metadata: JSON.stringify({ $correlationId: 'c', $causationId: 'c', at: 1, v }),
  }).data;

void t.test('every old version of an event has a sample', async (t) => {
  for (const [type, { version }] of Object.entries(EVENTS)) {
    for (let each = 1; version > 1 && each <= version; each += 1)
      t.ok(sampleOf(type, each), `${type} ${each}`);
  }
});

void t.test('every sample is upcast to the newest version of the event', async (t) => {
  t.ok(samples.length > 0);
  for (const sample of samples) {
    const { version, schema } = EVENTS[sample.type as keyof typeof EVENTS];
    const name = `${sample.type} ${sample.v}`;
    t.same(lifted(sample), sampleOf(sample.type, version)?.data, name);
    t.ok(schema.safeParse(lifted(sample)).success, `${name} matches the schema`);
  }
});

void t.test('a sample of the newest version is read unchanged', async (t) => {
  const newest = sampleOf('JobSubmitted', 2);
  t.same(newest === undefined ? undefined : lifted(newest), newest?.data);
});
