import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { z } from 'zod';
import { decode, EVENTS } from '#test/fixtures/muster-events.js';
import { upcasted } from '#domain/kernel/catalog/index.js';
import { metadataText } from '#domain/kernel/event/index.js';
import type { EventDefinition } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

/** A sample of an event, as written by a release whose schema had version `v`. Samples never change. */
interface Sample {
  readonly type: string;
  readonly v: number;
  readonly data: unknown;
}

const FOLDER = fileURLToPath(new URL('../../../../../test/fixtures/events/', import.meta.url));
const samples = readdirSync(FOLDER).map(
  (file) => JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8')) as Sample,
);

const recorded = ({ type, v, data }: Sample): RecordedEvent => ({
  id: 'e',
  stream: 's-1',
  revision: 0,
  position: 1n,
  created: 1,
  type,
  data: JSON.stringify(data),
  metadata: metadataText({ $correlationId: 'c', $causationId: 'c', at: 1 }, v),
});

void t.test('every version of an event with several has a sample', async (t) => {
  for (const [type, { version }] of Object.entries(EVENTS))
    for (let each = 1; version > 1 && each <= version; each += 1)
      t.ok(
        samples.some((sample) => sample.type === type && sample.v === each),
        `${type} ${each}`,
      );
});

void t.test('every sample is read, and one of the newest version is unchanged', async (t) => {
  t.ok(samples.length > 0);
  for (const sample of samples) {
    const { schema, version } = EVENTS[sample.type as keyof typeof EVENTS];
    const { data } = decode(recorded(sample));
    const name = `${sample.type} ${sample.v}`;
    t.ok(schema.safeParse(data).success, `${name} matches the schema`);
    if (sample.v === version) t.strictSame(data, sample.data, name);
  }
});

/** An event whose second version added a unit. There is none among the events of the first release. */
const planted: EventDefinition = {
  version: 3,
  schema: z.strictObject({ size: z.number(), unit: z.string(), note: z.string().optional() }),
  upcasters: {
    1: (data) => ({ ...(data as object), unit: 'MiB' }),
    2: (data) => data,
  },
};

void t.test('an event of an older version is lifted one version after the other', (t) => {
  const read = (v: number, data: object) => upcasted(recorded({ type: 'Planted', v, data }), planted, v);
  t.strictSame(read(1, { size: 4 }), { size: 4, unit: 'MiB' });
  t.strictSame(read(2, { size: 4, unit: 'GiB' }), { size: 4, unit: 'GiB' });
  t.strictSame(read(3, { size: 4, unit: 'GiB', note: 'a' }), { size: 4, unit: 'GiB', note: 'a' });
  t.throws(() => read(2, { size: 4 }), { code: 'MUSTER_E_EVENT_MALFORMED' }, 'version 2 had a unit');
  t.throws(() => read(0, { size: 4 }), { code: 'MUSTER_E_EVENT_UNKNOWN' }, 'there was no version 0');
  t.end();
});
