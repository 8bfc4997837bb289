import type { Constraint, JobSpecification } from '../../jobs/job/specification.js';
import { checkConstraint } from './constraint.js';

const MAX_REGEX_CHARACTERS = 4096;

type Constrained = { readonly [Part in 'task_groups' | 'constraints']?: JobSpecification[Part] | undefined };

/** Returns the first constraint that can never be evaluated, an error if all regexes together are too long, or undefined if there is no problem. */
export function refusedConstraint(
  specification: Constrained,
): { readonly field: string; readonly problem: string } | undefined {
  const constraints = constraintsOf(specification);
  const characters = constraints.reduce(
    (sum, [, { operator, value }]) => sum + (operator === 'regex' ? String(value).length : 0),
    0,
  );
  if (characters > MAX_REGEX_CHARACTERS)
    return {
      field: 'constraints',
      problem: `regexes with ${characters} characters in total; the limit is ${MAX_REGEX_CHARACTERS}`,
    };
  for (const [field, constraint] of constraints) {
    const problem = checkConstraint(constraint);
    if (problem !== undefined) return { field, problem };
  }
  return undefined;
}

function constraintsOf({
  task_groups,
  constraints,
}: Constrained): readonly (readonly [string, Constraint])[] {
  const ofGroups = (task_groups ?? []).flatMap((group, index) =>
    (group.constraints ?? []).map(
      (constraint, place) => [`task_groups[${index}].constraints[${place}].value`, constraint] as const,
    ),
  );
  const ofJob = Object.entries(constraints ?? {}).flatMap(([attribute, value]) =>
    typeof value === 'object' ? [[`constraints.${attribute}.value`, { attribute, ...value }] as const] : [],
  );
  return [...ofGroups, ...ofJob];
}
