import t from 'tap';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Connection } from '#src/stores/eventstoredb/connection.js';
import { Retention } from '#src/stores/eventstoredb/retention.js';
import { readAnswer } from '../../../fixtures/read-answer.js';

type Stored = Pick<RecordedEvent, 'stream' | 'type' | 'data' | 'revision'>;

/** A log after a scavenge. `muster eventstore` removes nothing, so a fake connection responds. */
function scene() {
  const log: RecordedEvent[] = [];
  const beginnings = new Map<string, number>();
  const reads: string[] = [];
  const page: Connection['page'] = (message) => {
    const options = message.getOptions()!;
    const of = options.getStream();
    const found: RecordedEvent[] = [];
    if (of === undefined) {
      const position = options.getAll()?.getPosition()?.getCommitPosition();
      const from = position === undefined ? 0n : BigInt(position);
      reads.push(`$all from ${from}`);
      const types = options.getFilter()!.getEventType()!.getPrefixList();
      found.push(
        ...log
          .filter((event) => event.position >= from && types.includes(event.type))
          .slice(0, Number(options.getCount())),
      );
    } else {
      const stream = Buffer.from(of.getStreamIdentifier()!.getStreamName_asU8()).toString();
      reads.push(stream);
      const revision = beginnings.get(stream);
      if (revision !== undefined)
        found.push({
          id: ID,
          stream,
          type: 'JobSubmitted',
          data: '{}',
          metadata: '{}',
          revision,
          position: 1n,
          created: 0,
        });
    }
    return Promise.resolve(found.map((event) => readAnswer(event)));
  };
  const write = ({ stream, type, data, revision }: Stored): void => {
    log.push({
      id: ID,
      stream,
      type,
      data,
      revision,
      metadata: '',
      position: BigInt(log.length + 1) * 10n,
      created: 0,
    });
  };
  const own = (): bigint | undefined => log.findLast(({ type }) => !type.startsWith('$'))?.position;
  return {
    retention: new Retention({ page }, () => Promise.resolve(own()), isOwnStream),
    write,
    beginnings,
    reads,
  };
}

const ID = '00000000-0000-4000-8000-000000000001';

void t.test(
  'reports a stream whose first events were scavenged, even if its metadata no longer discards events',
  async (t) => {
    const { retention, write, beginnings } = scene();
    beginnings.set('job-gone', 7).set('job-whole', 0);
    for (const stream of ['job-gone', 'job-whole', 'job-empty', 'others-1'])
      write({ stream: `$$${stream}`, type: '$metadata', data: '{}', revision: 3 });
    await retention.read();
    t.strictSame(retention.problems, ['stream job-gone begins at revision 7, not 0']);
  },
);

void t.test('reads each metadata stream once, and later only new metadata', async (t) => {
  const { retention, write, beginnings, reads } = scene();
  beginnings.set('job-a', 0);
  write({ stream: '$$job-a', type: '$metadata', data: '{"$maxCount":5}', revision: 0 });
  for (let n = 0; n < 300; n += 1)
    write({ stream: `$$job-many${n}`, type: '$metadata', data: '{"$acl":{}}', revision: 0 });
  write({ stream: 'job-a', type: 'JobSubmitted', data: '{}', revision: 1 });
  await Promise.all([retention.read(), retention.read()]);
  t.strictSame(retention.problems, ['the metadata of job-a ($maxCount 5) discards events']);
  t.equal(reads.filter((read) => read === 'job-many299').length, 1);

  reads.length = 0;
  write({ stream: '$$$all', type: '$metadata', data: '{"$maxAge":60}', revision: 0 });
  write({ stream: '$$job-a', type: '$metadata', data: '{}', revision: 1 });
  await retention.read();
  t.strictSame(retention.problems, ['the metadata of $all ($maxAge 60) discards events']);
  t.strictSame(reads, ['$all from 3020', 'job-a']);
});
