import { Writable } from 'node:stream';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { LineOutput, openUnblocking } from './line-output.js';

export interface StandardOutput {
  readonly stdout: LineOutput;
  readonly stderr: LineOutput;
}

let opened: StandardOutput | undefined;

/**
 * Replaces `process.stdout` and `process.stderr` with outputs that never block the process, whether Muster, a library or a thread writes to them.
 * Call this function before anything is written.
 */
export function standardOutput(role: string): StandardOutput {
  if (opened !== undefined) return opened;
  const stdout = new LineOutput({ descriptor: openUnblocking(1), notice: (lines) => record(role, lines) });
  const stderr = new LineOutput({
    descriptor: openUnblocking(2),
    notice: (lines) =>
      `muster: ${lines === 1 ? '1 line was' : `${lines} lines were`} dropped here: standard error could not be written to\n`,
  });
  replace('stdout', 1, stdout);
  replace('stderr', 2, stderr);
  warnBy(stderr);
  process.once('exit', () => {
    stdout.flushSync();
    stderr.flushSync();
  });
  opened = { stdout, stderr };
  return opened;
}

/** Returns how many lines this process could not write to each stream. Undefined before {@link standardOutput} is called. */
export function droppedLines(): { readonly stdout: number; readonly stderr: number } | undefined {
  return opened && { stdout: opened.stdout.dropped, stderr: opened.stderr.dropped };
}

function record(role: string, lines: number): string {
  return `${JSON.stringify({ level: 40, time: new Date(systemClock.now()).toISOString(), role, pid: process.pid, code: 'log-lines-dropped', lines })}\n`;
}

function replace(name: 'stdout' | 'stderr', descriptor: 1 | 2, output: LineOutput): void {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      output.write(chunk);
      done();
    },
  });
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => Object.assign(stream, { fd: descriptor, isTTY: false }),
  });
}

function warnBy(output: LineOutput): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => output.write(`muster: ${name}: ${message}\n`));
}
