import { readFileSync } from 'node:fs';
import type { Clock } from '#domain/ports/clock.js';

/** What a daemon says of a container that has ended. */
export interface EndedContainer {
  readonly StartedAt: string;
  readonly FinishedAt: string;
  readonly ExitCode: number;
}

/** What is known of the time in which it ended, in milliseconds since the epoch. */
export interface Around {
  /** When the daemon went away, and came back only after the end; absent: it was there. */
  readonly awaySince: number | undefined;
  /** When the machine was started, where no agent has seen the container run since. */
  readonly bootedAt: number | undefined;
}

export const DAEMON_ENDED = 'the Docker daemon ended, and the container with it';
export const STOPPED_BY_OTHERS = 'its container was stopped by the end of the Docker daemon, or by hand';

/** A daemon that receives SIGTERM stops its containers and stops answering at about the same time. */
const TOGETHER_MS = 2000;
/** From the end of a machine's containers until it has started again, at most. */
const REBOOT_MS = 300_000;

/**
 * Says what ended a container, where it did not end by itself: its daemon, or its machine. Undefined: it did. A program that ends with 0
 * when it is asked to would look as if it had done its work.
 */
export function interruptionOf({ StartedAt, FinishedAt, ExitCode }: EndedContainer, { awaySince, bootedAt }: Around): string | undefined {
  const [started, finished] = [Date.parse(StartedAt), Date.parse(FinishedAt)];
  if (awaySince !== undefined && finished >= awaySince - TOGETHER_MS) return DAEMON_ENDED;
  if (bootedAt === undefined || started >= bootedAt) return undefined;
  return ExitCode !== 0 || finished >= bootedAt - REBOOT_MS ? 'the machine was restarted while it ran' : undefined;
}

/** HUP, USR1 and USR2, which ask for something else than an end. */
const HARMLESS = new Set(['1', '10', '12']);

/** Whether a container was sent a signal to end, by its `kill` events: one JSON object a line. */
export function askedToEnd(events: string): boolean {
  return [...events.matchAll(/"signal":"(\d+)"/g)].some(([, signal = '']) => !HARMLESS.has(signal));
}

/** When this machine was started, in milliseconds since the epoch. */
export function bootTime(clock: Clock): number {
  return clock.now() - Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
}
