import t from 'tap';
import { readSettings } from '#src/process/settings/settings.js';

const key = `witness.example+1a2b3c4d+${Buffer.concat([Buffer.of(4), Buffer.alloc(32, 7)]).toString('base64')}`;
const read = (witnesses: string) => readSettings({ MUSTER_WITNESSES: witnesses });

void t.test('reads each witness as an address and a key', async (t) => {
  t.match(readSettings({}), { transparency: true, witnesses: [], witnessQuorum: 1 });
  const urls = ['https://witness.example/muster', 'http://127.0.0.1:9000', 'http://[::1]:9000/w'];
  t.same(
    read(urls.map((url) => `${url} ${key}`).join(', ')).witnesses,
    urls.map((url) => ({ url, vkey: key })),
  );
});

void t.test('refuses an unsafe address and an invalid witness key', async (t) => {
  for (const [wrong, problem] of [
    [`http://witness.example ${key}`, /must be https/],
    [`ftp://witness.example ${key}`, /must be https/],
    [`https://user:password@witness.example ${key}`, /must be https/],
    [`https://witness.example/?a=1 ${key}`, /must be https/],
    [`witness.example ${key}`, /must be https/],
    ['https://witness.example', /an address and a key/],
    [`https://witness.example ${key} more`, /an address and a key/],
    [`https://witness.example ${key.replace('+B', '+A')}`, /must be the key of a witness/],
    ['https://witness.example key', /must be the key of a witness/],
  ] as const)
    t.throws(() => read(wrong), problem, wrong.replace(key, 'KEY'));
  t.throws(() => readSettings({ MUSTER_WITNESS_QUORUM: '-1' }), /MUSTER_WITNESS_QUORUM/);
});
