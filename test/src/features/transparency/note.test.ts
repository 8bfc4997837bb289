import { randomBytes } from 'node:crypto';
import t from 'tap';
import { checkpointText, parseCheckpoint } from '#src/features/transparency/checkpoint.js';
import { isSignedBy, noteSigner, parseNote, parseVerifier } from '#src/features/transparency/note.js';
import { parseTilePath, tilePath, tilesOf, widthIn } from '#src/features/transparency/tile-path.js';
import { parseTlogProof, tlogProofText } from '#src/features/transparency/tlog-proof.js';

/** The example of Go's package golang.org/x/mod/sumdb/note. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

void t.test("accepts a note signed by Go's library, and rejects altered ones", async (t) => {
  const key = parseVerifier(PETER)!;
  t.equal(key.vkey, PETER);
  const note = parseNote(NOTE)!;
  t.ok(isSignedBy(note, key));
  t.notOk(isSignedBy({ ...note, text: note.text.replace('think', 'thank') }, key));
  t.notOk(isSignedBy({ ...note, signatures: [] }, key));
  t.notOk(isSignedBy(note, noteSigner('PeterNeumann', randomBytes(32))));
});

void t.test("accepts additional signatures, but no invalid one in the key's name", async (t) => {
  const ours = noteSigner('muster/one', randomBytes(32));
  const witness = noteSigner('witness.example/w', randomBytes(32));
  const text = 'muster/one\n1\nabc\n';
  const both = ours.sign(text) + witness.sign(text).slice(text.length + 1);
  const note = parseNote(both)!;
  t.equal(note.signatures.length, 2);
  t.ok(isSignedBy(note, ours) && isSignedBy(note, witness));
  const bad = { ...note.signatures[0]!, signature: Buffer.alloc(64) };
  t.notOk(isSignedBy({ ...note, signatures: [...note.signatures, bad] }, ours));
});

void t.test('refuses texts that are not notes or keys', async (t) => {
  for (const text of [
    '',
    'text',
    'text\n\n',
    'text\n\n— name\n',
    'text\n\n- name AAAAAAA=\n',
    NOTE.slice(0, -1),
  ])
    t.equal(parseNote(text), undefined, JSON.stringify(text));
  for (const text of ['', PETER.replace('c74f', 'c74e'), PETER.slice(0, -4), PETER.replace('+AR', '+BR')])
    t.equal(parseVerifier(text), undefined, text);
});

void t.test('derives the same key from the same seed and name', async (t) => {
  const seed = randomBytes(32);
  t.equal(noteSigner('muster/a', seed).vkey, noteSigner('muster/a', seed).vkey);
  t.equal(parseVerifier(noteSigner('muster/a', seed).vkey)?.name, 'muster/a');
});

void t.test('parses the checkpoint that it wrote', async (t) => {
  const checkpoint = { origin: 'example.com/behind-the-sofa', size: 20_852_163, root: randomBytes(32) };
  t.same(parseCheckpoint(checkpointText(checkpoint)), checkpoint);
  t.same(parseCheckpoint(`${checkpointText(checkpoint)}extension\n`), checkpoint);
  const [origin, size, root] = checkpointText(checkpoint).split('\n');
  for (const text of [
    `${origin}\n0${size}\n${root}\n`,
    `${origin}\n-1\n${root}\n`,
    `${origin}\n99999999999999999\n${root}\n`,
    `${origin}\n${size}\nabc\n`,
    `\n${size}\n${root}\n`,
  ])
    t.equal(parseCheckpoint(text), undefined, JSON.stringify(text));
});

void t.test('parses the proof that it wrote', async (t) => {
  const proof = { index: 73_894, hashes: [randomBytes(32), randomBytes(32)], note: NOTE };
  t.same(parseTlogProof(tlogProofText(proof)), proof);
  t.same(parseTlogProof(tlogProofText({ ...proof, hashes: [] }))?.hashes, []);
  t.same(parseTlogProof(tlogProofText(proof).replace('\nindex', '\nextra YWJj\nindex')), proof);
  for (const [from, to] of [
    ['@v1', '@v2'],
    ['index 7', 'index 07'],
    ['index', 'indices'],
    ['\n\n', '\n'],
  ] as const)
    t.equal(parseTlogProof(tlogProofText({ ...proof, note: '' }).replace(from, to)), undefined, to);
});

void t.test('uses the paths of C2SP tlog-tiles', async (t) => {
  t.equal(tilePath({ level: 0, n: 1_234_067, width: 256 }), '0/x001/x234/067');
  t.equal(tilePath({ level: 'entries', n: 0, width: 12 }), 'entries/000.p/12');
  for (const n of [0, 5, 999, 1_000, 123_456_789])
    for (const width of [1, 255, 256])
      for (const level of [0, 5, 'entries'] as const)
        t.same(parseTilePath(tilePath({ level, n, width })), { level, n, width });
  for (const path of [
    '0/0',
    '0/x000/001',
    '00/001',
    '0/001.p/0',
    '0/001.p/256',
    '0/001.p/012',
    '0/1000',
    '0/../001',
    'x/001',
  ])
    t.equal(parseTilePath(path), undefined, path);
});

void t.test('lists the tiles for 70,000 entries as in the example of C2SP tlog-tiles', async (t) => {
  const tiles = [...tilesOf(70_000)];
  t.equal(tiles.filter(({ level, width }) => level === 0 && width === 256).length, 273);
  t.same(
    tiles.filter(({ width }) => width < 256),
    [
      { level: 0, n: 273, width: 112 },
      { level: 1, n: 1, width: 17 },
      { level: 2, n: 0, width: 1 },
    ],
  );
  t.equal(widthIn(256, 0, 0), 256);
  t.equal(widthIn(256, 1, 0), 1);
  t.equal(widthIn(256, 0, 1), 0);
});
