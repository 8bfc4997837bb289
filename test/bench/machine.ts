import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './row.js';

/** Describes the machine, without which the figures mean nothing. */
export function describeMachine(): readonly string[] {
  return [
    `${cpus().length} cores (${cpus()[0]?.model.trim() || 'of a model that the machine does not tell'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`,
    `one fsync of 4 KiB takes ${(median(fsyncTimes()) * 1000).toFixed(0)} µs (median of 200, in ${tmpdir()})`,
    `commit ${commit()}`,
  ];
}

function fsyncTimes(): number[] {
  const file = join(tmpdir(), `muster-fsync-${process.pid}`);
  const descriptor = openSync(file, 'w');
  const block = Buffer.alloc(4096, 1);
  const times = Array.from({ length: 200 }, () => {
    writeSync(descriptor, block);
    const began = performance.now();
    fsyncSync(descriptor);
    return performance.now() - began;
  });
  closeSync(descriptor);
  rmSync(file);
  return times;
}

function commit(): string {
  try {
    const hash = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const changed =
      execFileSync('git', ['status', '--porcelain'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() !== '';
    return changed ? `${hash} with changes` : hash;
  } catch {
    return 'unknown';
  }
}
