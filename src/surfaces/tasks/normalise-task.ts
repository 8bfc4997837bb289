import { isZoneName, parsePattern, ZONE_PROBLEM } from '#domain/tasks/schedule/index.js';
import { invalid } from '#src/http/index.js';
import { bodyOf, definitionOf, secretsIn } from './definition.js';
import { taskBody, type TaskBody } from './task-contract.js';

export { taskBody };

/** Returns a task with all defaults and without empty fields, as a server would store it. Throws `MUSTER_E_INVALID` with the field. */
export function normaliseTask(body: unknown): TaskBody {
  const parsed = taskBody.safeParse(body);
  if (!parsed.success) throw invalid(parsed.error.issues, 'body');
  const { notify } = parsed.data;
  // For comparison only; never stored in an event.
  const sealed = {
    environment: undefined,
    place: notify && { origin: new URL(notify.url).origin, sealedUrl: '' },
  };
  const whole = bodyOf(definitionOf(parsed.data, sealed), secretsIn(parsed.data));
  return Object.fromEntries(
    Object.entries(whole).filter(([field, value]) => field === 'labels' || !isEmpty(value)),
  ) as TaskBody;
}

/** Returns what is wrong with the schedule and the time zone of a body, whatever else is wrong with it. */
export function scheduleProblems(
  body: unknown,
): { readonly path: readonly string[]; readonly problem: string }[] {
  const { schedule, timezone, day_match: match } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const problems: { path: string[]; problem: string }[] = [];
  if (typeof schedule === 'string') {
    const parsed = parsePattern(schedule, match === 'and' || match === 'or' ? match : undefined);
    if ('problem' in parsed) problems.push({ path: ['schedule'], problem: parsed.problem });
  }
  if (typeof timezone === 'string' && !isZoneName(timezone))
    problems.push({ path: ['timezone'], problem: ZONE_PROBLEM });
  return problems;
}

export function shownBody(shown: Readonly<Record<string, unknown>>): TaskBody {
  const said = taskBody.options.find(({ shape }) => shape.executor.value === shown['executor']);
  return normaliseTask(
    Object.fromEntries(
      Object.entries(shown).filter(([field]) => said === undefined || Object.hasOwn(said.shape, field)),
    ),
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
