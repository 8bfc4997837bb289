import { readFileSync } from 'node:fs';
import type { Clock } from '#domain/kernel/ports/clock.js';

export interface EndedContainer {
  readonly StartedAt: string;
  readonly FinishedAt: string;
  readonly ExitCode: number;
}

/** Circumstances of the end, in milliseconds since the epoch. */
export interface Around {
  readonly awaySince: number | undefined;
  readonly bootedAt: number | undefined;
}

export const DAEMON_ENDED = 'the Docker daemon ended, and the container with it';
export const STOPPED_BY_OTHERS = 'its container was stopped by the end of the Docker daemon, or by hand';

/** After SIGTERM a daemon stops its containers and its responses within this time. */
const TOGETHER_MS = 2000;
/** Longest time from the end of a machine's containers to the next boot. */
const REBOOT_MS = 300_000;

/** Explains what interrupted a container; undefined if it ended by itself. Without this, a program that exits with 0 when stopped would look complete. */
export function interruptionOf(
  { StartedAt, FinishedAt, ExitCode }: EndedContainer,
  { awaySince, bootedAt }: Around,
): string | undefined {
  const [started, finished] = [Date.parse(StartedAt), Date.parse(FinishedAt)];
  if (awaySince !== undefined && finished >= awaySince - TOGETHER_MS) return DAEMON_ENDED;
  if (bootedAt === undefined || started >= bootedAt) return undefined;
  return ExitCode !== 0 || finished >= bootedAt - REBOOT_MS
    ? 'the machine was restarted while it ran'
    : undefined;
}

/** HUP, USR1 and USR2 do not ask for an end. */
const HARMLESS = new Set(['1', '10', '12']);

/** Whether a container was sent a signal to end. `events`: its `kill` events, one JSON object a line. */
export function wasSignalledToEnd(events: string): boolean {
  return [...events.matchAll(/"signal":"(\d+)"/g)].some(([, signal = '']) => !HARMLESS.has(signal));
}

export function bootTime(clock: Clock): number {
  return clock.now() - Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
}
