import t from 'tap';
import { decodeOurs, encode, isOurs, ownershipOf } from '#test/fixtures/muster-events.js';
import { readMetadata } from '#domain/kernel/event/index.js';
import { metadataText, type EventMetadata } from '#domain/kernel/event/index.js';

const whole: EventMetadata = {
  $correlationId: 'c',
  $causationId: 'x',
  at: 1_700_000_000_000,
  v: 1,
  commandId: 'k',
  bodyDigest: 'd',
  actor: 'user:1',
  apiKey: 'key',
  surface: 'cluster',
};
const least = { $correlationId: 'c', $causationId: 'x', at: 0, v: 1 };

void t.test("an event in one of Muster's streams belongs to Muster if its metadata is complete", (t) => {
  for (const metadata of [
    whole,
    least,
    { ...least, actor: 'user:1', apiKey: 'key' },
    { ...least, actor: 'saga:scheduler', basis: 17 },
    { ...whole, basis: 0, rules: 2 },
    { ...whole, actor: 'user:"quoted" \\ \u0001 ü' },
    { ...least, later: { of: 'a newer version' } },
  ]) {
    const text = JSON.stringify(metadata);
    t.equal(ownershipOf({ stream: 'job-a', metadata: text }), 'ours', text);
    t.match({ ...readMetadata(text) }, { at: metadata.at, v: metadata.v }, text);
    t.equal(readMetadata(text)?.$correlationId, 'c');
    t.equal(readMetadata(text)?.actor, (metadata as Partial<EventMetadata>).actor);
    t.equal(readMetadata(text)?.basis, (metadata as Partial<EventMetadata>).basis);
    t.equal(readMetadata(text)?.rules, (metadata as Partial<EventMetadata>).rules);
  }
  const { $correlationId, $causationId, commandId, bodyDigest, actor, apiKey, surface } =
    readMetadata(JSON.stringify(whole)) ?? {};
  t.match(
    { $correlationId, $causationId, commandId, bodyDigest, actor, apiKey, surface },
    {
      $correlationId: 'c',
      $causationId: 'x',
      commandId: 'k',
      bodyDigest: 'd',
      actor: 'user:1',
      apiKey: 'key',
      surface: 'cluster',
    },
  );
  t.equal(ownershipOf({ stream: 'job-a', metadata: metadataText(whole, whole.v) }), 'ours');
  t.end();
});

void t.test("an event without complete metadata in one of Muster's streams is foreign", (t) => {
  const texts = [
    '',
    '{}',
    'null',
    '1',
    '"text"',
    '[]',
    '{',
    '{"$octets":""}',
    '{"$octets":"AAE="}',
    ...Object.keys(least).map((name) => JSON.stringify({ ...least, [name]: undefined })),
    JSON.stringify({ ...least, at: -1 }),
    JSON.stringify({ ...least, at: 1.5 }),
    JSON.stringify({ ...least, v: 0 }),
    JSON.stringify({ ...least, v: '1' }),
    JSON.stringify({ ...least, $correlationId: 7 }),
    JSON.stringify({ ...least, actor: null }),
    JSON.stringify({ ...least, basis: -1 }),
    JSON.stringify({ ...least, basis: '1' }),
    '{"$correlationId":"c","$causationId":"x","at":1,"v":1,"basis":01}',
    `${JSON.stringify(least)}x`,
    '{"$correlationId":"c","$causationId":"x","at":01,"v":1}',
  ];
  for (const metadata of texts) {
    t.equal(ownershipOf({ stream: 'job-a', metadata }), 'foreign', metadata);
    t.notOk(isOurs({ stream: 'scheduler', metadata }), metadata);
    t.equal(
      decodeOurs({
        id: '0',
        stream: 'job-a',
        revision: 0,
        position: 1n,
        created: 0,
        type: 'JobDeleted',
        data: 'no JSON',
        metadata,
      }),
      undefined,
    );
  }
  t.equal(ownershipOf({ stream: 'notes-a', metadata: JSON.stringify(whole) }), 'others');
  t.equal(ownershipOf({ stream: '$$job-a', metadata: '' }), 'others');
  t.end();
});

void t.test('a Muster event with an unknown type or version is never skipped', (t) => {
  const stored = { id: '0', stream: 'job-a', revision: 0, position: 1n, created: 0, data: '{"jobId":"a"}' };
  t.throws(() => decodeOurs({ ...stored, type: 'JobPainted', metadata: JSON.stringify(least) }), {
    code: 'MUSTER_E_EVENT_UNKNOWN',
  });
  t.throws(
    () => decodeOurs({ ...stored, type: 'JobDeleted', metadata: JSON.stringify({ ...least, v: 99 }) }),
    { code: 'MUSTER_E_EVENT_UNKNOWN' },
  );
  t.throws(
    () =>
      decodeOurs({
        ...stored,
        stream: 'cluster',
        data: '{"level":99}',
        type: 'ClusterLevelRaised',
        metadata: JSON.stringify(least),
      }),
    {
      code: 'MUSTER_E_EVENT_UNKNOWN',
    },
  );
  const encoded = encode(
    { type: 'JobDeleted', data: { jobId: 'a', evaluationId: 'e' } },
    { $correlationId: 'c', $causationId: 'x', at: 5 },
  );
  t.match(decodeOurs({ ...stored, ...encoded }), {
    type: 'JobDeleted',
    data: { jobId: 'a' },
    metadata: { at: 5, v: 1 },
  });
  t.end();
});
