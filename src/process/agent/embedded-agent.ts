import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { backOff } from '#domain/kernel/back-off.js';
import type { ServerHost } from '../host/server-host.js';

const ENTRY = fileURLToPath(new URL('./embedded-agent-process.js', import.meta.url));
const restartDelay = backOff({ firstMs: 250, mostMs: 30_000 });
const SETTLED_MS = 60_000;

/**
 * Starts the local agent, and restarts it with a growing back-off when it exits. It is a child process that uses its server's HTTP API over
 * loopback like any other agent. It exits when its standard input closes, so a killed server never leaves two agents on one data directory.
 */
export function startEmbeddedAgent(
  host: ServerHost,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const { clock, log } = host;
  const stopping = new AbortController();
  let child: ChildProcess | undefined;

  const runOnce = async (): Promise<{ code: number | null; signal: string | null }> => {
    const running = spawn(process.execPath, [ENTRY], {
      env: Object.fromEntries(
        Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      stdio: ['pipe', 'inherit', 'inherit'],
      detached: true,
    });
    child = running;
    return await new Promise((resolve) => {
      running.once('error', (error) => {
        log.error({ code: 'agent-spawn-failed', err: error });
        resolve({ code: null, signal: null });
      });
      running.once('exit', (code, signal) => resolve({ code, signal }));
    });
  };

  const supervise = async (): Promise<void> => {
    let exits = 0;
    while (!stopping.signal.aborted) {
      const started = clock.monotonic();
      const { code, signal } = await runOnce();
      if (stopping.signal.aborted) return;
      if (clock.monotonic() - started > SETTLED_MS) exits = 0;
      exits += 1;
      const delay = restartDelay(exits);
      log.warn({ code: 'agent-exited', exit: code, signal, restartInMs: delay });
      await clock.sleep(delay, stopping.signal);
    }
  };

  const done = supervise();
  // The agent's tasks keep running.
  host.onClose('embedded-agent', async () => {
    stopping.abort();
    child?.kill('SIGTERM');
    const patience = new AbortController();
    await Promise.race([
      done,
      clock.sleep(8_000, patience.signal).then(() => {
        if (!patience.signal.aborted) child?.kill('SIGKILL');
      }),
    ]);
    patience.abort();
    await done;
  });
}
