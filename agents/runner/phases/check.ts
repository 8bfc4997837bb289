import { tenantIn } from '../exclusive-use.js';
import type { TaskRun } from './phase.js';
import { stopByFault } from './stop.js';

/** Runs the task's checks. A task that an earlier agent found to be unhealthy is not checked again. */
export function check(run: TaskRun): void {
  const { state, spec, handle, startTime, over } = run;
  const { checker, clock } = state.parts;
  const { checks = [] } = spec.task;
  const { reach } = handle;
  const { health } = state.task(spec);
  if (checks.length === 0) {
    // The image's own check decides whether the task is healthy, as with Docker, but never stops it.
    handle.followHealth?.(({ healthy, message }) => {
      state.update(spec, { health: { healthy, message, at: clock.now() / 1000 } });
      void state.saveAndReport();
    }, state.untilHalted(over));
  } else if (health?.healthy === false) stopByFault(run, health.message);
  else if (reach !== undefined)
    checker.watch(
      { checks, reach, tenant: tenantOf(spec), startTime, healthy: health?.healthy === true },
      ({ healthy, message }) => {
        state.update(spec, { health: { healthy, message, at: clock.now() / 1000 } });
        void state.saveAndReport();
        if (!healthy) stopByFault(run, message);
      },
      state.untilHalted(over),
    );
}

function tenantOf({ networkOwner, config }: TaskRun['spec']): string | undefined {
  return networkOwner ?? tenantIn(config);
}
