import { randomBytes } from 'node:crypto';
import t from 'tap';
import { isSignedBy, parseNote, parseVerifier } from '#src/features/transparency/index.js';
import { signedLog } from '../../../fixtures/signed-log.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';

const { transparency, follow, signAll, claimSigned } = signedLog(t);
const { say, store, events } = await openTestApi(t, { transparency });
follow(store);
const get = async (path: string) => await say('GET', path);
const adopt = async (body: unknown, key?: string) =>
  await say('POST', '/audit/tlog/adopt', body, key === undefined ? {} : { 'idempotency-key': key });
const vkey = async () => (await get('/audit/tlog/key')).body.trim();

void t.test('a log that matches its signed checkpoint has no fork to adopt', async (t) => {
  t.match((await get('/audit/tlog/status')).json(), { state: 'starting', size: 0, signed: 0 });
  for (const id of ['a', 'b', 'c']) await say('POST', '/jobs', aJob({ job_id: id }));
  await signAll();
  const now = (await get('/audit/tlog/status')).json() as { size: number };
  t.match(now, { state: 'following', signed: now.size, origin: (await vkey()).split('+')[0] });
  const refused = await adopt({ reason: 'restored' });
  t.match([refused.status, refused.headers['x-muster-error']], [409, 'MUSTER_E_TLOG_NOT_FORKED']);
});

void t.test(
  'a fork is reported, and signing resumes under a new name once an administrator adopts it',
  async (t) => {
    const [first] = (await vkey()).split('+');
    const { size } = (await get('/audit/tlog/status')).json() as { size: number };
    const root = randomBytes(32);
    claimSigned({ origin: first!, size: size + 5, root });
    await signAll();
    const { fork, ...now } = (await get('/audit/tlog/status')).json() as { fork: { log: object } };
    t.match(now, {
      state: 'forked',
      signed: size + 5,
      problem: /^fork: \d+ events were signed, but the log of \d+ /,
    });
    t.match(fork, {
      signed: { origin: first, size: size + 5, root: root.toString('base64') },
      log: { size },
    });
    const { status, headers } = await get('/audit/tlog/checkpoint');
    t.match([status, headers['x-muster-error']], [409, 'MUSTER_E_TLOG_FORKED']);
    for (const body of [{}, { reason: ' ' }, { reason: 'x'.repeat(1_001) }, { reason: 'x', more: 1 }])
      t.equal((await adopt(body)).status, 400, JSON.stringify(body));

    const reason = 'restored the backup of Monday';
    const adopted = await adopt({ reason }, 'once');
    t.equal(adopted.status, 200);
    t.match(adopted.json(), { origin: `${first}/2`, signed: { size: size + 5 }, log: fork.log });
    t.same(
      (await adopt({ reason }, 'once')).json(),
      adopted.json(),
      'a repeated request gets the same response',
    );
    t.same((await adopt({ reason: 'again' })).json(), adopted.json(), 'a second request changes nothing');
    const recorded = (await events()).filter(({ type }) => type === 'LogForkAdopted');
    t.equal(recorded.length, 1);
    t.match(JSON.parse(recorded[0]!.data), { reason, ...(adopted.json() as object) });

    await signAll();
    t.match((await get('/audit/tlog/status')).json(), { state: 'following', origin: `${first}/2` });
    const note = parseNote((await get('/audit/tlog/checkpoint')).body)!;
    t.ok(isSignedBy(note, parseVerifier(await vkey())!));
    t.match(note.text, new RegExp(`^${first}/2\n`));
    t.equal((await adopt({ reason: 'again' })).status, 409);
    t.same((await adopt({ reason }, 'once')).json(), adopted.json());
  },
);
