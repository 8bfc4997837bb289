import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const CLOSE_ON_EXEC = 0o2000000;

/**
 * Closes inherited descriptors other than stdin, stdout and stderr, because every task would inherit them in turn. Node itself closes only the first
 * contiguous range of them (`uv_disable_stdio_inheritance`).
 */
export function closeInheritedDescriptors(): void {
  for (const name of readdirSync('/proc/self/fdinfo')) {
    if (Number(name) <= 2 || !isHandedOn(name)) continue;
    try {
      closeSync(Number(name));
    } catch {
      // The descriptor was closed in the meantime.
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
