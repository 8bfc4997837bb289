import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';

const run = promisify(execFile);

void t.test('logs no credentials, whatever header they are in', async (t) => {
  const script = `import { createLog } from ${JSON.stringify(new URL('../../../../src/process/output/log.js', import.meta.url).href)};
    const headers = { authorization: 'SECRET', cookie: 'session=SECRET', 'set-cookie': 'session=SECRET; Path=/', 'x-api-key': 'SECRET', host: 'h' };
    createLog({ logLevel: 'info' }, 'test').info({ code: 'x', headers, req: { headers }, res: { headers } });`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  t.match(JSON.parse(stdout), {
    code: 'x',
    headers: { host: 'h', cookie: '[Redacted]' },
    res: { headers: { 'set-cookie': '[Redacted]' } },
  });
  t.notMatch(stdout, /SECRET/);
});
