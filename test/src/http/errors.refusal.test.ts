import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { access } from '#src/http/index.js';
import { openTestApi } from './support/test-api.js';

void t.test('logs a refusal that can be retried in one line, and a failure with its stack', async (t) => {
  const output = new PassThrough();
  const entries: Record<string, unknown>[] = [];
  output.on('data', (line: Buffer) => entries.push(JSON.parse(line.toString()) as Record<string, unknown>));
  const unavailable = (options?: ErrorOptions): MusterError =>
    new MusterError('MUSTER_E_OVERLOADED', { what: 'four questions are being answered' }, options);
  const errors = {
    '/refused': unavailable(),
    '/failed': unavailable({ cause: new Error('the disk is full') }),
    '/broken': new Error('a mistake of ours'),
  };
  const { app } = await openTestApi(t, { logger: pino({ level: 'warn' }, output) }, (app) => {
    for (const [path, error] of Object.entries(errors))
      app.get(path, { config: access.anyone }, () => {
        throw error;
      });
  });
  for (const path of Object.keys(errors)) await app.inject({ url: path });
  t.match(entries, [
    { level: 40, code: 'MUSTER_E_OVERLOADED', route: '/refused', msg: /four questions are being answered/ },
    { level: 50, code: 'MUSTER_E_OVERLOADED', route: '/failed', err: { stack: /the disk is full/ } },
    { level: 50, code: 'MUSTER_E_INTERNAL', route: '/broken', err: { stack: /a mistake of ours/ } },
  ]);
  t.notOk('err' in (entries[0] ?? {}));
});
