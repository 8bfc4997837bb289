import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { answerClientError } from '#src/http/errors.js';
import { StallWatch } from '#src/http/stall-watch.js';

void t.test('reports a stall for a minute', async (t) => {
  const clock = { time: 0, monotonic: () => clock.time, sleep: () => new Promise<void>(() => undefined) };
  const watch = new StallWatch(clock, { everyMs: 1_000, lateMs: 2_000, rememberedMs: 60_000 });
  watch.start();
  t.teardown(() => watch.stop());
  t.notOk(watch.stoodStill());
  clock.time += 2_900;
  t.notOk(watch.stoodStill(), 'a short delay, as on a busy machine, is not a stall');
  clock.time += 40_000;
  t.ok(watch.stoodStill());
  for (let second = 0; second < 59; second += 1) {
    clock.time += 1_000;
    t.ok(watch.stoodStill());
  }
  clock.time += 1_000;
  t.notOk(watch.stoodStill());
});

void t.test('responds 503 after a stall of the server, and 408 to a slow client', async (t) => {
  for (const [stall, line] of [
    [
      true,
      /^HTTP\/1\.1 503 [^]*\r\nRetry-After: 1\r\n[^]*\{"error":"overloaded: the server stalled; try again"\}$/,
    ],
    [false, /^HTTP\/1\.1 408 [^]*\{"error":"request: not complete in time"\}$/],
  ] as const) {
    // A busy machine can stall this process too, which must not turn the 408 into a 503.
    const clock = stall ? systemClock : { ...systemClock, monotonic: () => 0 };
    const watch = new StallWatch(clock, { everyMs: 20, lateMs: 1_000, rememberedMs: 60_000 });
    watch.start();
    const server = createServer(
      { headersTimeout: 200, requestTimeout: 200, connectionsCheckingInterval: 50 },
      (_request, response) => void response.end(),
    );
    server.on('clientError', (error, socket) =>
      answerClientError(error, socket as never, () => watch.stoodStill()),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n'),
    );
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(server, 'connection');
    if (stall) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    await once(socket, 'close');
    t.match(text, line);
    watch.stop();
    server.close();
  }
});
