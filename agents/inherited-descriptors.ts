import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Of open(2), in octal: the descriptor is not handed on to programs that are started. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Closes what this process was given beyond input, output and errors, and would hand on to each task. Node keeps back all that it opens
 * itself, but of what it was given only the row from 0 that has no gap (`uv_disable_stdio_inheritance`).
 */
export function closeInheritedDescriptors(): void {
  for (const name of readdirSync('/proc/self/fdinfo')) {
    if (Number(name) <= 2 || !isHandedOn(name)) continue;
    try {
      closeSync(Number(name));
    } catch {
      // It was closed meanwhile.
    }
  }
}

function isHandedOn(name: string): boolean {
  try {
    // What V8 writes for a profiler (--perf-basic-prof) is not given, and must stay.
    if (readlinkSync(`/proc/self/fd/${name}`).endsWith('.map')) return false;
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false;
  }
}
