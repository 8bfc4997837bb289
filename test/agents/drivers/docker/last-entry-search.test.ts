import fc from 'fast-check';
import t from 'tap';
import { LastEntrySearch } from '#agents/drivers/docker/last-entry-search.js';
import { entriesWith, type Progress } from '#agents/drivers/docker/log-progress.js';

interface Entry {
  readonly stream: 'stdout' | 'stderr';
  readonly time: string;
}

/** Returns the progress of a reader after these entries. */
function knownOf(read: readonly Entry[]): Pick<Progress, 'entries' | 'last'> {
  return { entries: read.reduce<Progress['entries']>(entriesWith, {}), last: read.at(-1)?.stream };
}

/** Returns the unread entries among the last `tail` entries, or undefined if the newest read entry is not among them. */
function newIn(all: readonly Entry[], read: number, tail: number | 'all'): readonly Entry[] | undefined {
  const search = new LastEntrySearch(knownOf(all.slice(0, read)), tail === 'all');
  const found = (tail === 'all' ? all : all.slice(-tail)).filter((entry) => search.isOver(entry));
  return search.hasFound ? found : undefined;
}

void t.test('returns all new entries exactly once, or none at all', async () => {
  // Times never decrease, and streams alternate.
  const log = fc.array(
    fc.record({ stream: fc.constantFrom('stdout' as const, 'stderr' as const), later: fc.boolean() }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(log, fc.nat(), fc.nat(), (drawn, readSeed, tailSeed) => {
      let moment = 100;
      const newest = { stdout: 0, stderr: 0 };
      const all = drawn.map(({ stream, later }): Entry => {
        if (later || newest[stream] === 0) newest[stream] = moment += 1;
        return { stream, time: String(newest[stream]) };
      });
      const read = 1 + (readSeed % all.length);
      const expected = JSON.stringify(all.slice(read));
      const some = newIn(all, read, 1 + (tailSeed % all.length));
      return (
        JSON.stringify(newIn(all, read, 'all')) === expected &&
        (some === undefined || JSON.stringify(some) === expected)
      );
    }),
    { numRuns: 2000 },
  );
});

void t.test('finds the new entries in a log that is read from a given time', async (t) => {
  // The second entry was written late, so its time is before the first one's.
  const all: Entry[] = [
    { stream: 'stderr', time: '20' },
    { stream: 'stdout', time: '19' },
    { stream: 'stdout', time: '21' },
    { stream: 'stderr', time: '22' },
  ];
  const search = new LastEntrySearch(knownOf(all.slice(0, 3)), true);
  t.same(
    all.filter(({ time }) => time >= '20').filter((entry) => search.isOver(entry)),
    all.slice(3),
  );
});

void t.test('counts the parts of a long line that have the same time', async (t) => {
  const part: Entry = { stream: 'stdout', time: '5' };
  const all: Entry[] = [{ stream: 'stdout', time: '1' }, ...Array.from({ length: 100 }, () => part)];
  t.equal(newIn(all, 50, 60), undefined);
  t.equal(newIn(all, 50, 101)?.length, 51);
});

void t.test('finds new lines of a stream by the position of entries in the other stream', async (t) => {
  const many = Array.from({ length: 100 }, (_, index): Entry => ({
    stream: 'stdout',
    time: String(100 + index),
  }));
  const all: Entry[] = [
    ...many,
    { stream: 'stderr', time: '200' },
    { stream: 'stderr', time: '200' },
    { stream: 'stdout', time: '201' },
  ];
  t.equal(newIn(all, 101, 10)?.length, 2);
});

void t.test('finds nothing if the log no longer contains the newest known entry', async (t) => {
  const later: Entry[] = [{ stream: 'stdout', time: '7' }];
  const search = new LastEntrySearch(knownOf([{ stream: 'stdout', time: '5' }]), true);
  t.same(
    later.filter((entry) => search.isOver(entry)),
    [],
  );
  t.notOk(search.hasFound);
});
