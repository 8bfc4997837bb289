import t from 'tap';
import { credentialsOf } from '#agents/drivers/conda/tools/credentials.js';
import { modulePackage, pythonPackage } from '../../../fixtures/conda/channel.js';
import { condaScene, rattlerScene } from './scene.js';

void t.test("uses the node's credentials for a private channel without storing them", async (t) => {
  const open = await rattlerScene(t, [pythonPackage(), modulePackage('hello')]);
  if (open === undefined) return;
  open.channel.demand(`Basic ${Buffer.from('me:hunter22').toString('base64')}`);
  const shut = await open.build({ specs: ['hello'] }, 'failed');
  t.match(shut.result, { outcome: 'failed', step: 'solve', failed: [], error: /401/ });
  const known = await condaScene(t, [open.channel.url], {
    conda: {
      searched: `${open.bin}:/usr/bin:/bin`,
      channels: [open.channel.url],
      credentials: `127.0.0.1=me:hunter22`,
    },
  });
  const { result, log } = await known.build({ specs: ['hello'] });
  t.match(result, { outcome: 'built', lock: { channels: [open.channel.url] } });
  t.notMatch(JSON.stringify(result) + log, /hunter22/);
});

void t.test('parses credentials for hosts with and without a user or a port', async (t) => {
  t.same(credentialsOf('conda.intern=me:a:b, files.intern:8443=tk-1'), [
    { host: 'conda.intern', user: 'me', secret: 'a:b' },
    { host: 'files.intern:8443', secret: 'tk-1' },
  ]);
  t.same(credentialsOf(undefined), []);
});
