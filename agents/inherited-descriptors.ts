import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** O_CLOEXEC of open(2), in octal: started programs do not inherit the descriptor. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Closes inherited descriptors other than stdin, stdout and stderr, which every task would inherit in turn. Node itself closes only the first
 * unbroken row of them (`uv_disable_stdio_inheritance`).
 */
export function closeInheritedDescriptors(): void {
  for (const name of readdirSync('/proc/self/fdinfo')) {
    if (Number(name) <= 2 || !isHandedOn(name)) continue;
    try {
      closeSync(Number(name));
    } catch {
      // It was closed in the meantime.
    }
  }
}

function isHandedOn(name: string): boolean {
  try {
    // V8's own profiler map (--perf-basic-prof) is not inherited and must stay open.
    if (readlinkSync(`/proc/self/fd/${name}`).endsWith('.map')) return false;
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false;
  }
}
