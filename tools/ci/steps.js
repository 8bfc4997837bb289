import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A step that is given no time of its own may take as long as all of CI. */
const LONGEST_SECONDS = 90 * 60;
/** What runs now, each the leader of a process group: ended with this process. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const kill of running) kill('SIGTERM');
    process.exit(1);
  });

/** Between asking a step to end and killing it. */
const GRACE_MS = 30_000;

/**
 * Runs a shell command (`{ name, command, seconds?, env?, judge? }`) in a process group of its own, and prints each line behind the name.
 * Returns what went wrong: what `judge` says of the exit status, else any status but 0. Undefined: nothing.
 */
export async function run({ name, command, seconds = LONGEST_SECONDS, env = {}, judge = byStatus }) {
  const began = Date.now();
  console.log(`── ${name}: ${command}`);
  const child = spawn('bash', ['-o', 'pipefail', '-c', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => console.log(`${name}│ ${line}`));
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  running.add(kill);
  let late = false;
  let killer;
  const timer = setTimeout(() => {
    late = true;
    kill('SIGTERM');
    killer = setTimeout(() => kill('SIGKILL'), GRACE_MS);
  }, seconds * 1000);
  const status = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  running.delete(kill);
  clearTimeout(timer);
  clearTimeout(killer);
  // Judged in any case: it also counts what passed.
  const problem = judge(status);
  const said = late ? `it took longer than ${seconds} s` : problem;
  console.log(
    `   ${name}: ${said === undefined ? 'fine' : `FAILED: ${said}`} (${Math.round((Date.now() - began) / 1000)} s)`,
  );
  return said;
}

/** Runs steps at the same time. Returns the name and the problem of each that failed. */
export async function runTogether(steps, start) {
  const problems = await Promise.all(steps.map(async (step) => [step.name, await start(step)]));
  return problems.filter(([, problem]) => problem !== undefined);
}

function byStatus(status) {
  return status === 0 ? undefined : `exit status ${status}`;
}
