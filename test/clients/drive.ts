import type { Test } from 'tap';
import { startServer } from '../fixtures/server.js';
import { run, type RunOptions } from './toolbox.js';

/**
 * Starts a server with its own agent and runs a driving program against it, whose last arguments are the server's URL and the name of its
 * language. All of these programs do the same: submit a job, wait for its end, read its logs, repeat the submission, ask for a job that is not there.
 */
export async function drive(t: Test, language: string, command: readonly string[], options: RunOptions): Promise<void> {
  const server = await startServer(t, { env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_HEARTBEAT_SECONDS: '0.5' } });
  const said = await run([...command, server.url, language], options);
  t.same(
    said.trim().split('\n'),
    ['the job: complete', `its log: hello from ${language}`, 'submitted again: the same evaluation', 'a job that is not there: 404'],
    'what the program saw',
  );
}
