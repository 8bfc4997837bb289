import { issueLines } from '#domain/kernel/errors/index.js';
import { invalid } from '#src/surfaces/kit/index.js';
import { bodyOf, definitionOf, secretsIn } from './definition.js';
import { taskBody, type TaskBody } from './task-contract.js';

/** Returns a task with all defaults and without empty fields, as a server would store it. Throws `MUSTER_E_INVALID` with the field. */
export function normaliseTask(body: unknown): TaskBody {
  const parsed = taskBody.safeParse(body);
  if (!parsed.success) throw invalid(parsed.error.issues, 'body');
  const { notify } = parsed.data;
  // For comparison only; never stored in an event.
  const sealed = { environment: undefined, place: notify && { url: notify.url } };
  const whole = bodyOf(definitionOf(parsed.data, sealed), secretsIn(parsed.data));
  return Object.fromEntries(
    Object.entries(whole).filter(([field, value]) => field === 'labels' || !isEmpty(value)),
  ) as TaskBody;
}

/** Returns all problems of a body, one line each. `subject` comes first. */
export function taskProblems(subject: string, body: unknown): string[] {
  const parsed = taskBody.safeParse(body);
  return parsed.success ? [] : issueLines(subject, parsed.error.issues);
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
