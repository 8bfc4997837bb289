import { PassThrough, Readable } from 'node:stream';
import { pino } from 'pino';
import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { access } from '#src/http/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { openTestApi } from './support/test-api.js';

interface Entry {
  readonly code?: string;
  readonly requestId?: string;
  readonly route?: string;
  readonly err?: { readonly message: string };
}

void t.test('aborts the connection of a stream that fails, and logs the reason', async (t) => {
  const output = new PassThrough();
  const entries: Entry[] = [];
  output.on('data', (line: Buffer) => entries.push(JSON.parse(line.toString()) as Entry));
  const failures = {
    '/fails-by-a-known-error': new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'it is gone' }),
    '/fails-by-another': new Error('the file is gone'),
  };
  let asked = 0;
  const { app } = await openTestApi(t, { logger: pino({ level: 'error' }, output) }, (app) => {
    for (const [path, error] of Object.entries(failures))
      app.get(path, { config: access.anyone }, (_request, reply) =>
        reply.send(
          Readable.from(
            (function* () {
              yield 'the first piece\n';
              asked += 1;
              throw error;
            })(),
          ),
        ),
      );
    app.get('/endless', { config: access.anyone }, (_request, reply) =>
      reply.send(
        Readable.from(
          (function* () {
            while (true) yield 'x'.repeat(65_536);
          })(),
        ),
      ),
    );
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const codes = {
    '/fails-by-a-known-error': 'MUSTER_E_STORE_UNAVAILABLE',
    '/fails-by-another': 'MUSTER_E_INTERNAL',
  };
  for (const [path, error] of Object.entries(failures)) {
    const answer = await fetch(`${url}${path}`, {
      headers: { 'x-request-id': `request-of${path.replaceAll('/', '-')}` },
    });
    t.equal(answer.status, 200);
    await t.rejects(answer.text(), { name: 'TypeError', message: 'terminated' });
    const entry = await eventually(() => entries.find(({ route }) => route === path), {
      what: 'an entry in the log',
    });
    t.match(entry, {
      code: codes[path as keyof typeof codes],
      requestId: answer.headers.get('x-request-id'),
      err: { message: error.message },
    });
  }
  t.equal(asked, 2);
  t.equal(entries.length, 2, 'each failure is logged once');

  const abort = new AbortController();
  const endless = (await fetch(`${url}/endless`, { signal: abort.signal })).body?.getReader();
  await endless?.read();
  abort.abort();
  await t.rejects((await fetch(`${url}/fails-by-another`)).text());
  await eventually(() => entries.length > 2);
  t.same(
    entries.slice(2).map(({ route }) => route),
    ['/fails-by-another'],
    'a client that disconnects is not logged as a failure',
  );
});
