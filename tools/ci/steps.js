import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Minutes since CI began. If CI is stopped at its time limit, they show which step took too long. */
const minute = () => Math.round(process.uptime() / 60);
/** Kill functions of the running steps. Each step leads a process group, which ends with this process. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const kill of running) kill('SIGTERM');
    process.exit(1);
  });

/** Milliseconds between SIGTERM and SIGKILL for a step. */
const GRACE_MS = 30_000;

/**
 * Runs a shell command (`{ name, command, seconds, env?, judge? }`) in its own process group, and prints each line after the name.
 * Returns the problem that `judge` finds in the exit status, or undefined. By default, any status but 0 is a problem.
 */
export async function run({ name, command, seconds, env = {}, judge = byStatus }) {
  const began = Date.now();
  console.log(`── ${name}: ${command} (minute ${minute()})`);
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
  // `judge` runs even after a timeout, because it also counts the tests that passed.
  const problem = judge(status);
  const said = late ? `it took longer than ${seconds} s` : problem;
  console.log(
    `   ${name}: ${said === undefined ? 'fine' : `FAILED: ${said}`} (${Math.round((Date.now() - began) / 1000)} s, minute ${minute()})`,
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
