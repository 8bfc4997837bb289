import { readFileSync } from 'node:fs';
import type { Clock } from '#domain/kernel/ports/clock.js';

export interface EndedContainer {
  readonly StartedAt: string;
  readonly FinishedAt: string;
  readonly ExitCode: number;
}

export interface Around {
  readonly awaySince: number | undefined;
  readonly bootedAt: number | undefined;
}

export const DAEMON_ENDED = 'the Docker daemon stopped, and the container stopped with it';
export const STOPPED_BY_OTHERS = 'its container was stopped with the Docker daemon, or manually';

const TOGETHER_MS = 2000;
/** Maximum time between the end of a machine's containers and the next boot, in milliseconds. */
const REBOOT_MS = 300_000;

export function interruptionOf(
  { StartedAt, FinishedAt, ExitCode }: EndedContainer,
  { awaySince, bootedAt }: Around,
): string | undefined {
  const [started, finished] = [Date.parse(StartedAt), Date.parse(FinishedAt)];
  if (awaySince !== undefined && finished >= awaySince - TOGETHER_MS) return DAEMON_ENDED;
  if (bootedAt === undefined || started >= bootedAt) return undefined;
  return ExitCode !== 0 || finished >= bootedAt - REBOOT_MS
    ? 'the machine was restarted while the task was running'
    : undefined;
}

/** HUP, USR1 and USR2 do not request a process to end. */
const HARMLESS = new Set(['1', '10', '12']);

/** Returns whether a container was sent a signal to end. `events`: its `kill` events, one JSON object per line. */
export function wasSignalledToEnd(events: string): boolean {
  return [...events.matchAll(/"signal":"(\d+)"/g)].some(([, signal = '']) => !HARMLESS.has(signal));
}

export function bootTime(clock: Clock): number {
  return clock.now() - Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
}
