import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { LogSessions } from '#agents/api/nats/log-sessions.js';
import type { OpenedLog } from '#agents/queries/agent-queries.js';

function silent(signal: AbortSignal): OpenedLog {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('a line\n');
    await new Promise<void>((closed) => signal.addEventListener('abort', () => closed(), { once: true }));
  }
  return { task: 'main', chunks: chunks() };
}

void t.test(
  'streams at most 256 logs of a node at once, and accepts another once one is closed',
  async (t) => {
    const life = new AbortController();
    const sessions = new LogSessions(systemClock, life.signal);
    const running = sessions.run();
    const cursors = Array.from({ length: 256 }, () => sessions.open(silent).cursor);
    t.throws(() => sessions.open(silent), {
      code: 'MUSTER_E_OVERLOADED',
      message: /256 logs are already being read/,
    });
    const [first = ''] = cursors;
    const { bytes } = await sessions.chunk(first, 0);
    t.equal(new TextDecoder().decode(bytes), 'a line\n', 'an open log can still be read');
    sessions.close(first);
    await t.rejects(sessions.chunk(first, 1), { code: 'MUSTER_E_INVALID' });
    t.ok(sessions.open(silent).cursor);
    life.abort();
    await running;
    t.equal(sessions.size, 0, 'all logs are closed when the agent stops');
  },
);
