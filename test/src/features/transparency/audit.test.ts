import { randomBytes, randomUUID } from 'node:crypto';
import t from 'tap';
import {
  checkEvidence,
  checkpointText,
  compareWithCheckpoint,
  inclusionProof,
  leafHash,
  leafOf,
  leavesOfTiles,
  noteSigner,
  originFrom,
  parseVerifier,
  readCheckpoint,
  rootOf,
  TileStore,
  tlogProofText,
  type KnownLeaves,
  type LeafEvent,
  type TreeCheckpoint,
} from '#src/features/transparency/index.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const events: readonly LeafEvent[] = Array.from({ length: 300 }, (_, at) => ({
  stream: `job-${at % 7}`,
  revision: Math.floor(at / 7),
  id: randomUUID(),
  type: at % 2 === 0 ? 'JobSubmitted' : 'JobStopped',
  data: JSON.stringify({ at, name: 'Grüße 😀' }),
  metadata: JSON.stringify({ at: 1_800_000_000_000 + at, v: 1 }),
}));
const tiles = TileStore.open(ownFolder(t), 'log', new TestClock());
tiles.append(
  events.map((event, at) => ({ hash: leafHash(leafOf(event)), position: BigInt(at), created: 0 })),
);
t.teardown(() => tiles.close());
const origin = originFrom(leafHash(leafOf(events[0]!)));
const signer = noteSigner(origin, randomBytes(32));
const key = parseVerifier(signer.vkey)!;
const checkpoint: TreeCheckpoint = { origin, size: 290, root: rootOf(tiles, 290) };
const note = signer.sign(checkpointText(checkpoint));
const known: KnownLeaves = leavesOfTiles(290, (n, width) => tiles.tile(0, n, width)!);

async function* log(events: readonly LeafEvent[]): AsyncGenerator<LeafEvent> {
  yield* events;
}
const swapped = (at: number, event: LeafEvent): LeafEvent[] => events.toSpliced(at, 1, event);

void t.test('accepts the signed log, with or without later events', async (t) => {
  t.same(readCheckpoint(note, key), checkpoint);
  t.equal(await compareWithCheckpoint(log(events), checkpoint), undefined);
  t.equal(await compareWithCheckpoint(log(events.slice(0, 290)), checkpoint, known), undefined);
});

void t.test(
  'detects each alteration of the past, and identifies the event by the signed hashes',
  async (t) => {
    const original = events[137]!;
    const dated = original.metadata.replace('"at":1800000000137', '"at":1700000000137');
    t.not(dated, original.metadata);
    const tampered: Record<string, readonly LeafEvent[]> = {
      'one flipped bit in the data': swapped(137, { ...original, data: original.data.replace('137', '136') }),
      'one flipped bit in the type': swapped(137, { ...original, type: 'JobStoppeD' }),
      'an event with another date': swapped(137, { ...original, metadata: dated }),
      'an event moved to another stream': swapped(137, { ...original, stream: 'job-x' }),
      'a dropped event': events.toSpliced(137, 1),
      'an inserted event': events.toSpliced(137, 0, { ...original, id: randomUUID() }),
      'two events in the other order': events.toSpliced(137, 2, events[138]!, original),
      'text moved from the data to the metadata': swapped(137, {
        ...original,
        metadata: original.metadata + original.data[0]!,
        data: original.data.slice(1),
      }),
    };
    for (const [how, altered] of Object.entries(tampered)) {
      t.match(
        await compareWithCheckpoint(log(altered), checkpoint),
        { problem: /not those that were signed/ },
        how,
      );
      const named = await compareWithCheckpoint(log(altered), checkpoint, known);
      t.match(named, { index: 137, event: altered[137]!, problem: 'entry 137 is not what was signed' }, how);
    }
  },
);

void t.test('detects a shortened, empty or different log', async (t) => {
  t.match(await compareWithCheckpoint(log(events.slice(0, 289)), checkpoint), {
    problem: /only 289 of the 290/,
  });
  t.match(await compareWithCheckpoint(log([]), checkpoint), { problem: /only 0 of the 290/ });
  t.match(await compareWithCheckpoint(log(events.slice(1)), checkpoint), {
    index: 0,
    problem: /does not begin with the first event/,
  });
});

void t.test('identifies no event if the known hashes do not have the signed root', async (t) => {
  const forged = { ...known, leaf: (index: number) => (index === 5 ? randomBytes(32) : known.leaf(index)) };
  t.equal(await compareWithCheckpoint(log(events), checkpoint, forged), undefined);
  const altered = swapped(9, { ...events[9]!, data: '{}' });
  const found = await compareWithCheckpoint(log(altered), checkpoint, forged);
  t.match(found, { problem: /not those that were signed/ });
  t.equal(found?.index, undefined);
});

void t.test('accepts evidence only for its own event', async (t) => {
  const event = events[42]!;
  const proof = tlogProofText({ index: 42, hashes: inclusionProof(tiles, 42, 290), note });
  t.same(checkEvidence(event, proof, key), checkpoint);
  for (const [how, altered, text] of [
    ['another event', events[43]!, proof],
    ['a bit of the data', { ...event, data: `${event.data} ` }, proof],
    ['another index', event, proof.replace('index 42', 'index 43')],
    ['another size', event, proof.replace('\n290\n', '\n291\n')],
    ['one hash less', event, proof.replace(/\n[^\n]+\n\n/, '\n\n')],
    ['no signature', event, proof.slice(0, proof.lastIndexOf('—'))],
    ['no proof', event, 'proof'],
  ] as const)
    t.type(checkEvidence(altered, text, key), 'string', how);
  t.type(checkEvidence(event, proof, noteSigner(origin, randomBytes(32))), 'string', 'another key');
  t.type(checkEvidence(event, proof, noteSigner('muster/other', randomBytes(32))), 'string', 'another log');
});
