import { Agent, request } from 'node:http';
import t from 'tap';
import { openTestApi } from './support/test-api.js';

interface Outcome {
  readonly sent: boolean;
  readonly status: number | undefined;
  readonly closes: boolean;
}

void t.test('a server that closes answers all that was sent to it, on connections that it then ends', async (t) => {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let waiting = 0;
  const api = await openTestApi(t, {}, (app) => {
    app.get('/slow', { config: { access: { who: 'anyone' } } }, async () => {
      waiting += 1;
      await finished;
      return {};
    });
  });
  const port = Number(new URL(await api.app.listen({ host: '127.0.0.1', port: 0 })).port);
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  t.teardown(() => agent.destroy());
  const ask = (path: string) =>
    new Promise<Outcome>((resolve) => {
      const call = request({ host: '127.0.0.1', port, path, agent }, (answer) => {
        answer.resume().on('end', () => resolve({ sent: true, status: answer.statusCode, closes: answer.headers.connection === 'close' }));
      });
      let connected = false;
      call.on('socket', (socket) => {
        if (socket.connecting) socket.once('connect', () => (connected = true));
        else connected = true;
      });
      call.on('error', () => resolve({ sent: connected, status: undefined, closes: true }));
      call.end();
    });
  const outcomes: Outcome[] = [];
  let closed = false;
  const clients = Array.from({ length: 20 }, async () => {
    while (!closed) {
      const outcome = await ask('/jobs');
      outcomes.push(outcome);
      if (outcome.closes) return;
    }
  });
  const slow = Array.from({ length: 5 }, () => ask('/slow'));
  while (outcomes.length < 100 || waiting < slow.length) await ask('/livez');
  const closing = api.app.close().then(() => (closed = true));
  await Promise.all(clients);
  finish();
  await closing;
  for (const outcome of await Promise.all(slow)) t.match(outcome, { status: 200, closes: true }, 'what was under way ends');
  const unanswered = outcomes.filter(({ sent, status }) => sent && status !== 200);
  t.same(unanswered, [], `${outcomes.length} requests`);
  t.ok(outcomes.filter(({ closes }) => closes).length >= 20, 'each client was told');
});
