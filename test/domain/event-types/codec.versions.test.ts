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

/** Data of the newest sample. If that has what its version added, then without it for samples of older versions. */
function expectedOf({ type, v, data }: Sample): unknown {
  const { version, writtenAs } = EVENTS[type as keyof typeof EVENTS];
  const newest = sampleOf(type, version)?.data as object;
  if (v === version || (writtenAs as ((data: object) => number) | undefined)?.(newest) !== version)
    return newest;
  return Object.fromEntries(Object.entries(newest).filter(([field]) => field in (data as object)));
}

void t.test('every old version of an event has a sample', async (t) => {
  for (const [type, { version }] of Object.entries(EVENTS)) {
    for (let each = 1; version > 1 && each <= version; each += 1)
      t.ok(sampleOf(type, each), `${type} ${each}`);
  }
});

void t.test('every sample is upcast to the newest version of the event', async (t) => {
  t.ok(samples.length > 0);
  for (const sample of samples) {
    const { schema } = EVENTS[sample.type as keyof typeof EVENTS];
    const name = `${sample.type} ${sample.v}`;
    t.same(lifted(sample), expectedOf(sample), name);
    t.ok(schema.safeParse(lifted(sample)).success, `${name} matches the schema`);
  }
});

void t.test('the newest sample of a change of the zone data has what its version added', (t) => {
  const newest = sampleOf('ZoneDataChanged', 2);
  t.match(newest?.data, { moved: { tasks: [{ at: Number }, { at: null }] } });
  t.end();
});

void t.test('a sample of the newest version is read unchanged', async (t) => {
  const newest = sampleOf('JobSubmitted', 2);
  t.same(newest === undefined ? undefined : lifted(newest), newest?.data);
});
