import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import {
  checkpointText,
  isCosignedBy,
  isSignedBy,
  leafHash,
  noteSigner,
  parseNote,
  parseWitnessKey,
  rootOf,
  TileStore,
  Witnesses,
} from '#src/features/transparency/index.js';
import { sendToWitnesses } from '#src/features/transparency/send-to-witness.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startWitness } from '../../../fixtures/witness.js';

const seed = randomBytes(32);
const signer = noteSigner('muster/tested', seed);

function scene(t: Test) {
  const clock = new TestClock();
  const tiles = TileStore.open(ownFolder(t), 'log', clock);
  t.teardown(() => tiles.close());
  const grow = (count: number): void => {
    const { size } = tiles.state();
    tiles.append(
      Array.from({ length: count }, (_, at) => ({
        hash: leafHash(randomBytes(8)),
        position: BigInt(size + at),
        created: 0,
      })),
    );
    const now = size + count;
    tiles.keepCheckpoint(
      signer.sign(checkpointText({ origin: signer.name, size: now, root: rootOf(tiles, now) })),
    );
  };
  const ask = (of: readonly { readonly url: string; readonly vkey: string }[], quorum: number): Witnesses => {
    const ending = new AbortController();
    const witnesses = new Witnesses({
      witnesses: of.map(({ url, vkey }) => ({ url, vkey })),
      quorum,
      tiles,
      clock,
      send: sendToWitnesses(ending.signal),
    });
    const running = witnesses.run(ending.signal);
    t.teardown(async () => {
      ending.abort();
      await running;
    });
    return witnesses;
  };
  /** Advances the clock until the condition holds, because requests take real time. */
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    await eventually(
      async () => {
        await clock.advance(1_000);
        return holds();
      },
      { what, interval: 5 },
    );
  };
  return { tiles, grow, ask, until };
}

const sizeOf = (note: string | undefined): number => Number(note?.split('\n')[1] ?? 0);

void t.test(
  'witnesses cosign each checkpoint, given a proof that it contains the previous one',
  async (t) => {
    const { tiles, grow, ask, until } = scene(t);
    const [first, second] = [await startWitness(t, 'first.example'), await startWitness(t, 'second.example')];
    grow(300);
    const witnesses = ask([first, second], 2);
    await until('both cosignatures', () => sizeOf(tiles.cosigned()) === 300);
    grow(45);
    await until('both cosignatures of the larger tree', () => sizeOf(tiles.cosigned()) === 345);
    const note = tiles.cosigned()!;
    t.ok(note.startsWith(tiles.checkpoint()!));
    t.ok(isSignedBy(parseNote(note)!, signer));
    for (const { vkey } of [first, second]) {
      const key = parseWitnessKey(vkey)!;
      t.ok(isCosignedBy(note, key));
      t.notOk(isCosignedBy(note.replace('\n345\n', '\n346\n'), key), 'the cosignature covers the size');
    }
    t.match(witnesses.states(), [
      { name: 'first.example', cosigned: 345, problem: undefined },
      { name: 'second.example', cosigned: 345, problem: undefined },
    ]);
  },
);

void t.test('a server that has just started gets the last cosigned size from the witness', async (t) => {
  const { tiles, grow, ask, until } = scene(t);
  const known = await startWitness(t, 'known.example');
  grow(7);
  ask([known], 1);
  await until('the first cosignature', () => sizeOf(tiles.cosigned()) === 7);
  grow(20);
  await until('the second cosignature', () => sizeOf(tiles.cosigned()) === 27);
  grow(3);
  ask([known], 1);
  await until('a cosignature for a server that has just started', () => sizeOf(tiles.cosigned()) === 30);
});

void t.test('an unavailable witness delays a quorum, and is retried', async (t) => {
  const { tiles, grow, ask, until } = scene(t);
  const [there, away] = [await startWitness(t, 'there.example'), await startWitness(t, 'away.example')];
  away.state.isAway = true;
  grow(9);
  const witnesses = ask([there, away], 2);
  await until('one cosignature, and one failure', () => {
    const [one, other] = witnesses.states();
    return one?.cosigned === 9 && other?.problem !== undefined;
  });
  t.match(witnesses.states()[1], { problem: 'it returned 503' });
  t.equal(tiles.cosigned(), undefined);
  away.state.isAway = false;
  await until('the quorum', () => sizeOf(tiles.cosigned()) === 9);
  t.equal(witnesses.states()[1]?.problem, undefined);
});

void t.test('reports a witness that has seen a different history', async (t) => {
  const { tiles, grow, ask, until } = scene(t);
  const witnessed = await startWitness(t, 'witness.example');
  witnessed.state.newest = { origin: signer.name, size: 5, root: randomBytes(32) };
  grow(9);
  const witnesses = ask([witnessed], 1);
  await until('the refusal', () => witnesses.states()[0]?.problem !== undefined);
  t.match(witnesses.states(), [{ problem: /^fork: it has cosigned a different history/ }]);
  witnessed.state.newest = { origin: signer.name, size: 500, root: randomBytes(32) };
  await until('the other refusal', () => /500 events/.test(witnesses.states()[0]?.problem ?? ''));
  t.equal(tiles.cosigned(), undefined);
});

void t.test('refuses an invalid witness key', async (t) => {
  const { vkey } = await startWitness(t, 'witness.example');
  t.equal(parseWitnessKey(vkey)?.name, 'witness.example');
  for (const wrong of ['', 'x', signer.vkey, vkey.replace('witness', 'other'), vkey.slice(0, -4)])
    t.equal(parseWitnessKey(wrong), undefined, 'an invalid key is refused');
});
