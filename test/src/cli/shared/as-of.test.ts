import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { asOfLine, asOfRequests } from '#src/cli/shared/as-of.js';
import { openApi, type Api } from '#src/cli/shared/client.js';

// Node reads the variable whenever a date is created.
process.env['TZ'] = 'Europe/Berlin';
/** 2026-11-20 17:34:07 in Berlin. */
const NOW = Date.parse('2026-11-20T16:34:07Z');

void t.test('shows the moment and its age', async (t) => {
  for (const [time, line] of [
    ['2026-11-20T13:32:07Z', 'As of 14:32:07 CET (event 18204), 3 h 2 min ago'],
    ['2026-11-20T16:34:07Z', 'As of 17:34:07 CET (event 18204), 0 s ago'],
    ['2026-11-20T15:34:07Z', 'As of 16:34:07 CET (event 18204), 1 h ago'],
    ['2026-11-18T16:34:06Z', 'As of 2026-11-18 17:34:06 CET (event 18204), 2 d ago'],
    ['2026-11-20T16:34:08Z', 'As of 17:34:08 CET (event 18204), 0 s ago'],
  ] as const)
    t.equal(asOfLine('18204', Date.parse(time), NOW), line);
});

interface Scene {
  readonly api: Api;
  readonly asked: (string | undefined)[];
  readonly lines: () => string[];
}

async function openScene(t: Test, moment: string, lacks: readonly string[]): Promise<Scene> {
  const asked: (string | undefined)[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    asked.push(request.headers['x-muster-as-of'] as string | undefined);
    const lacking = lacks[asked.length - 1] ?? '';
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'x-muster-as-of': '18204',
        'memento-datetime': 'Fri, 20 Nov 2026 13:32:07 GMT',
        ...(lacking !== '' && { 'x-muster-as-of-lacks': lacking }),
      })
      .end('{"jobs":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const api = openApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined);
  api.use(asOfRequests(moment, NOW));
  const printed = t.capture(process.stderr, 'write', () => true);
  return { api, asked, lines: () => printed().map(({ args }) => String(args[0])) };
}

void t.test('uses the moment of the first response for all requests of a command', async (t) => {
  const { api, asked, lines } = await openScene(t, '14:40', ['last_heartbeat', 'last_heartbeat, load']);
  await api.GET('/nodes');
  await api.GET('/jobs');
  t.same(asked, ['2026-11-20T13:40:00.000Z', '18204']);
  t.same(lines(), [
    'As of 14:40:00 CET (event 18204), 2 h 54 min ago; not recorded: last_heartbeat\n',
    'not recorded: load\n',
  ]);
});

void t.test('shows a position with the time of its newest event', async (t) => {
  const { api, asked, lines } = await openScene(t, '#18204', []);
  await api.GET('/jobs');
  t.same(asked, ['18204']);
  t.same(lines(), ['As of 14:32:07 CET (event 18204), 3 h 2 min ago\n']);
});

void t.test('refuses to change anything with --as-of', async (t) => {
  const { api, asked } = await openScene(t, '#18204', []);
  await t.rejects(api.POST('/jobs/{job_id}/restart', { params: { path: { job_id: 'hello' } } }), {
    message: '--as-of: the past cannot be changed',
  });
  t.same(asked, []);
});
