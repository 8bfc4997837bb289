import t from 'tap';
import { SOFT_DELETED } from '#src/engine/event-store/append-rule.js';
import {
  cutsIn,
  metadataStreamOf,
  readStreamMetadata,
  SOFT_DELETE_METADATA,
  subjectOf,
  truncatedBefore,
} from '#src/engine/event-store/stream-metadata.js';

void t.test('stores metadata in a separate stream', async (t) => {
  t.equal(subjectOf(metadataStreamOf('job-a')), 'job-a');
  t.equal(subjectOf('job-a'), undefined);
  t.equal(subjectOf('$all'), undefined);
});

void t.test('reads the limits of a stream from its metadata', async (t) => {
  t.strictSame(readStreamMetadata('{"$tb":7,"$maxCount":3,"$maxAge":60}'), {
    truncateBefore: 7,
    maxCount: 3,
    maxAgeMs: 60_000,
  });
  t.strictSame(readStreamMetadata('{}'), { truncateBefore: 0 });
  t.strictSame(readStreamMetadata(SOFT_DELETE_METADATA), { truncateBefore: SOFT_DELETED });
  t.strictSame(
    readStreamMetadata('{"$tb":9007199254740991}'),
    { truncateBefore: SOFT_DELETED - 1 },
    'the largest value that is not a deletion',
  );
});

void t.test('ignores invalid metadata values', async (t) => {
  for (const value of ['0', '-1', '1.5', '"7"', 'null', 'true', '[]'])
    t.strictSame(
      readStreamMetadata(`{"$tb":${value},"$maxCount":${value},"$maxAge":${value}}`),
      { truncateBefore: 0 },
      value,
    );
  for (const data of ['[]', 'null', '7', '"x"', '', '{', '{"$octets":"AAAA"}'])
    t.strictSame(readStreamMetadata(data), { truncateBefore: 0 }, data);
  t.strictSame(
    readStreamMetadata('{"$tb":1,"$maxCount":1,"$maxAge":1}'),
    { truncateBefore: 1, maxCount: 1, maxAgeMs: 1000 },
    'the smallest valid value is one',
  );
});

void t.test('keeps all other metadata when a stream is restarted', async (t) => {
  t.strictSame(JSON.parse(truncatedBefore('{"$tb":1,"$maxCount":3,"theirs":{"x":1}}', 9)), {
    $tb: 9,
    $maxCount: 3,
    theirs: { x: 1 },
  });
  t.strictSame(JSON.parse(truncatedBefore(undefined, 9)), { $tb: 9 });
  t.strictSame(JSON.parse(truncatedBefore('no JSON', 9)), { $tb: 9 });
});

void t.test('lists the metadata that truncates a stream, with its values', async (t) => {
  t.strictSame(cutsIn('{"$maxCount":50,"$maxAge":3600,"$tb":7,"$cacheControl":5}'), [
    '$maxCount 50',
    '$maxAge 3600',
    '$tb 7',
  ]);
  for (const data of ['{}', '{"$maxCount":0}', '{"$maxCount":"50"}', '{"$acl":{"$r":"ops"}}', '', '[]'])
    t.strictSame(cutsIn(data), [], data);
});
