import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

const MEBIBYTE = 1_048_576;

export interface UsageReader {
  read(): { readonly cpu_used: number; readonly memory_used: number };
}

export class ObservedUsage implements UsageReader {
  #before = cpuTimes();

  read(): { readonly cpu_used: number; readonly memory_used: number } {
    const now = cpuTimes();
    const total = now.total - this.#before.total;
    const busy = now.busy - this.#before.busy;
    if (total > 0) this.#before = now;
    return {
      cpu_used: total > 0 ? Math.round((busy / total) * availableParallelism() * 1000) : 0,
      memory_used: Math.max(0, Math.round((totalmem() - availableMemory()) / MEBIBYTE)),
    };
  }
}

function cpuTimes(): { busy: number; total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    total += used + times.idle;
  }
  return { busy, total };
}

/** Memory available without swapping. Free memory alone would count the page cache as used. */
function availableMemory(): number {
  try {
    const match = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
    return match === null ? 0 : Number(match[1]) * 1024;
  } catch {
    return 0;
  }
}
