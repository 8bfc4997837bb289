import type Docker from 'dockerode';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Verdict } from '../../checks/task-health.js';

type State = Docker.ContainerInspectInfo['State'];

/** Docker runs the check by itself. Its result is read more often until there is a first one. */
const FIRST_MS = 1000;
const LATER_MS = 5000;
const MAX_OUTPUT = 300;

/** Whether Docker runs a check in the container because its image declares a `HEALTHCHECK`. */
export function hasImageCheck({ Health }: Pick<State, 'Health'>): boolean {
  return Health !== undefined && Health.Status !== 'none';
}

/** Reports the result of the image's own check, and every change of it, until the signal aborts. `inspect` returns undefined if the state is unknown. */
export async function followImageHealth(
  inspect: () => Promise<Pick<State, 'Health'> | undefined>,
  clock: Pick<Clock, 'sleep'>,
  tell: (verdict: Verdict) => void,
  signal: AbortSignal,
): Promise<void> {
  let known: boolean | undefined;
  while (!signal.aborted) {
    const verdict = verdictOf((await inspect())?.Health);
    if (signal.aborted) return;
    if (verdict !== undefined && verdict.healthy !== known) {
      known = verdict.healthy;
      tell(verdict);
    }
    await clock.sleep(known === undefined ? FIRST_MS : LATER_MS, signal);
  }
}

function verdictOf(health: State['Health']): Verdict | undefined {
  if (health?.Status === 'healthy')
    return { healthy: true, message: 'the HEALTHCHECK of the image succeeded' };
  if (health?.Status !== 'unhealthy') return undefined;
  const last = health.Log?.at(-1);
  const output = last?.Output.trim().slice(0, MAX_OUTPUT) ?? '';
  return {
    healthy: false,
    message: `the HEALTHCHECK of the image failed ${health.FailingStreak} times in a row: exited with code ${last?.ExitCode ?? 1}${output === '' ? '' : `: ${output}`}`,
  };
}
