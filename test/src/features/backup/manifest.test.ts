import { createHash } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { digestOf, MANIFEST_FILE, readManifest } from '#src/features/backup/manifest.js';
import { exportInvalid, parseExportLine } from '#src/features/backup/export-line.js';
import { IDENTITY_STREAM } from '#src/engine/event-store/index.js';
import { isMoved } from '#src/features/backup/moved-events.js';

const MANIFEST = {
  format: 'muster-backup',
  version: 1,
  storeId: 's',
  position: '7',
  events: 7,
  takenAt: 1,
  files: [{ name: 'events.db', bytes: 3, sha256: 'a'.repeat(64) }],
};

void t.test('reads back a manifest unchanged', async (t) => {
  for (const manifest of [MANIFEST, { ...MANIFEST, position: null, events: 0 }])
    t.strictSame(readManifest(t.testdir({ [MANIFEST_FILE]: JSON.stringify(manifest) })), manifest);
});

void t.test('refuses a directory without a manifest, or with an invalid one', async (t) => {
  t.throws(() => readManifest(t.testdir({})), {
    code: 'MUSTER_E_BACKUP_INVALID',
    message: /has no backup\.json: not a backup, or an incomplete one/,
  });
  const [file] = MANIFEST.files;
  for (const wrong of [
    '{',
    '{}',
    JSON.stringify({ ...MANIFEST, version: 2 }),
    JSON.stringify({ ...MANIFEST, position: '-1' }),
    JSON.stringify({ ...MANIFEST, files: [] }),
    ...['.', '..', 'a/b', 'a\\b', ''].map((name) =>
      JSON.stringify({ ...MANIFEST, files: [{ ...file, name }] }),
    ),
    JSON.stringify({ ...MANIFEST, files: [{ ...file, sha256: 'A'.repeat(64) }] }),
  ])
    t.throws(
      () => readManifest(t.testdir({ [MANIFEST_FILE]: wrong })),
      { code: 'MUSTER_E_BACKUP_INVALID', message: /this version of Muster cannot read its backup\.json/ },
      wrong,
    );
});

void t.test('computes the digest over all bytes of a file', async (t) => {
  const content = 'x'.repeat(200_000);
  const directory = t.testdir({ large: content, empty: '' });
  t.strictSame(await digestOf(join(directory, 'large')), {
    bytes: 200_000,
    sha256: createHash('sha256').update(content).digest('hex'),
  });
  t.strictSame(await digestOf(join(directory, 'empty')), {
    bytes: 0,
    sha256: createHash('sha256').digest('hex'),
  });
});

void t.test('reports the problem with an export line, and its line number', async (t) => {
  const event = {
    stream: 'a',
    revision: 0,
    id: 'i',
    type: 'T',
    data: '{}',
    metadata: '{}',
    position: '1',
    created: 1,
  };
  t.strictSame(parseExportLine(JSON.stringify(event), 3), event);
  t.throws(() => parseExportLine('{"stream', 3), {
    code: 'MUSTER_E_EXPORT_INVALID',
    fields: { line: 3, problem: 'not JSON; the file may be cut short' },
  });
  for (const wrong of [
    {},
    { ...event, revision: -1 },
    { ...event, more: 1 },
    { ...event, stream: '' },
    { cut: { stream: 'a', last: 1, state: 'gone' } },
  ])
    t.throws(() => parseExportLine(JSON.stringify(wrong), 4), {
      code: 'MUSTER_E_EXPORT_INVALID',
      fields: { line: 4, problem: 'not a line that this version of Muster supports' },
    });
  const cause = new Error('why');
  t.match(exportInvalid(1, 'x', cause), { code: 'MUSTER_E_EXPORT_INVALID', cause });
});

void t.test("excludes the store's own events from exports", async (t) => {
  t.ok(isMoved({ stream: 'job-a', type: 'JobSubmitted' }));
  t.ok(isMoved({ stream: 'theirs', type: 'anything' }));
  for (const stays of [
    { stream: '$$job-a', type: 'x' },
    { stream: 'job-a', type: '$>' },
    { stream: IDENTITY_STREAM, type: 'x' },
  ])
    t.notOk(isMoved(stays), JSON.stringify(stays));
});
