import t from 'tap';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import {
  isSignedBy,
  leafHash,
  leafOf,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  parseVerifier,
  RootBuilder,
  rootFromInclusion,
  type TreeCheckpoint,
} from '#src/features/transparency/index.js';
import { signedLog } from '../../../fixtures/signed-log.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';

const { transparency, follow, signAll } = signedLog(t);
const { app, say, store, events } = await openTestApi(t, { transparency });
follow(store);
const get = async (path: string) => await say('GET', path);

async function signed(): Promise<TreeCheckpoint> {
  const key = parseVerifier((await get('/audit/tlog/key')).body)!;
  const note = parseNote((await get('/audit/tlog/checkpoint')).body)!;
  t.ok(isSignedBy(note, key));
  return parseCheckpoint(note.text)!;
}

void t.test('responds 503 with Retry-After before the first checkpoint', async (t) => {
  for (const path of ['/audit/tlog/checkpoint', '/audit/tlog/key', '/audit/events/1/evidence']) {
    const { status, headers } = await get(path);
    t.equal(status, 503, path);
    t.equal(headers['x-muster-error'], 'MUSTER_E_TLOG_UNSIGNED', path);
    t.ok(headers['retry-after'], path);
  }
  t.equal((await get('/audit/tlog/tile/0/000.p/1')).status, 404);
});

void t.test('serves tiles and entries that match the signed root', async (t) => {
  for (let at = 0; at < 300; at += 1) await say('POST', '/jobs', aJob({ job_id: `job-${at}` }));
  await signAll();
  const { size, root } = await signed();
  const own = (await events()).filter(({ stream }) => isOwnStream(stream));
  t.equal(size, own.length);
  t.ok(size > 256);

  const builder = new RootBuilder();
  const entries: string[] = [];
  for (const path of ['000', `001.p/${size - 256}`]) {
    const hashes = await bytes(`/audit/tlog/tile/0/${path}`);
    for (let at = 0; at < hashes.byteLength; at += 32) builder.add(hashes.subarray(at, at + 32));
    const bundle = await bytes(`/audit/tlog/tile/entries/${path}`);
    for (let at = 0; at < bundle.byteLength;) {
      const end = at + 2 + bundle.readUInt16BE(at);
      entries.push(bundle.subarray(at + 2, end).toString());
      at = end;
    }
  }
  t.ok(builder.root().equals(root));
  t.same(
    entries,
    own.map((event) => leafOf(event)),
  );
  t.equal((await bytes('/audit/tlog/tile/1/000.p/1')).byteLength, 32);
});

void t.test('serves no tile beyond the checkpoint', async (t) => {
  const { size } = await signed();
  for (const path of [
    `0/001.p/${size - 255}`,
    '0/001',
    '0/002.p/1',
    '1/000.p/2',
    '2/000.p/1',
    `entries/001.p/${size - 255}`,
    'entries/x001/000',
    '0/0',
    '0/000.p/0',
    '0/000.p/256',
    'leaves/000',
    '0/..%2f..%2fkey',
    '..%2fkey',
    '0/999999999999999999999',
  ])
    t.equal((await get(`/audit/tlog/tile/${path}`)).status, 404, path);
});

void t.test('serves verifiable evidence of each event', async (t) => {
  const { size, root } = await signed();
  const own = (await events()).filter(({ stream }) => isOwnStream(stream));
  for (const index of [0, 1, 255, 256, size - 1]) {
    const recorded = own[index]!;
    const { event, proof } = (await get(`/audit/events/${recorded.position}/evidence`)).json() as {
      event: RecordedEvent & { position: string };
      proof: string;
    };
    t.same({ ...event, position: BigInt(event.position) }, recorded);
    const parsed = parseTlogProof(proof)!;
    t.equal(parsed.index, index);
    t.ok(rootFromInclusion(leafHash(leafOf(event)), index, size, parsed.hashes)?.equals(root));
    t.notOk(
      rootFromInclusion(
        leafHash(leafOf({ ...event, data: `${event.data} ` })),
        index,
        size,
        parsed.hashes,
      )?.equals(root),
    );
  }
});

void t.test('serves no evidence of foreign or unsigned events', async (t) => {
  const head = (await store.head())!;
  for (const position of ['0', String(head + 1n), '9999999999999999999']) {
    const { status, headers } = await get(`/audit/events/${position}/evidence`);
    t.match(
      { status, code: headers['x-muster-error'] },
      { status: 404, code: 'MUSTER_E_EVENT_NOT_FOUND' },
      position,
    );
  }
  t.equal((await get('/audit/events/x/evidence')).status, 400);
  await store.append({
    stream: 'notes-1',
    expected: 'no_stream',
    events: [{ id: '018f3f5e-0000-7000-8000-000000000001', type: 'Noted', data: '{}', metadata: '{}' }],
  });
  const foreign = (await store.head())!;
  t.equal((await get(`/audit/events/${foreign}/evidence`)).status, 404);
  await say('POST', '/jobs', aJob({ job_id: 'new' }));
  const newest = (await events()).findLast(({ stream }) => stream === 'job-new')!;
  t.equal((await get(`/audit/events/${newest.position}/evidence`)).status, 503);
  await signAll();
  t.equal((await get(`/audit/events/${newest.position}/evidence`)).status, 200);
  t.equal((await get(`/audit/events/${foreign}/evidence`)).status, 404);
});

void t.test('requires credentials, and responds 404 if the transparency log is disabled', async (t) => {
  const reachable = await openTestApi(t, {
    settings: { testApiKey: 'test-key', joinToken: 'a-join-token-of-some-length', host: '0.0.0.0' },
  });
  const off = await openTestApi(t);
  for (const path of [
    '/audit/tlog/checkpoint',
    '/audit/tlog/key',
    '/audit/tlog/tile/0/000',
    '/audit/events/1/evidence',
  ]) {
    t.equal((await reachable.say('GET', path)).status, 401, path);
    const { status, headers } = await off.say('GET', path);
    t.match({ status, code: headers['x-muster-error'] }, { status: 404, code: 'MUSTER_E_TLOG_OFF' }, path);
  }
});

async function bytes(path: string): Promise<Buffer> {
  const answer = await app.inject({ method: 'GET', url: path });
  t.equal(answer.statusCode, 200, path);
  t.match(answer.headers, {
    'content-type': 'application/octet-stream',
    'cache-control': 'private, no-cache',
  });
  return answer.rawPayload;
}
