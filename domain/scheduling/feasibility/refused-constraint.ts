import type { Constraint, JobSpecification } from '../../job/specification.js';
import { checkConstraint } from './constraint.js';

/** Compiling a regex takes a server's thread up to some 20 µs a character. */
const MAX_REGEX_CHARACTERS = 4096;

/** What of a job can be held to constraints: a template need not have groups. */
type Constrained = { readonly [Part in 'task_groups' | 'constraints']?: JobSpecification[Part] | undefined };

/** The first constraint that can never be evaluated, or that the regexes of all are too much; undefined: there is none. */
export function refusedConstraint(specification: Constrained): { readonly field: string; readonly problem: string } | undefined {
  const constraints = constraintsOf(specification);
  const characters = constraints.reduce((sum, [, { operator, value }]) => sum + (operator === 'regex' ? String(value).length : 0), 0);
  if (characters > MAX_REGEX_CHARACTERS)
    return { field: 'constraints', problem: `regexes of ${characters} characters in all; at most ${MAX_REGEX_CHARACTERS}` };
  for (const [field, constraint] of constraints) {
    const problem = checkConstraint(constraint);
    if (problem !== undefined) return { field, problem };
  }
  return undefined;
}

/** Each constraint of a specification, with the field that holds its value. */
function constraintsOf({ task_groups, constraints }: Constrained): readonly (readonly [string, Constraint])[] {
  const ofGroups = (task_groups ?? []).flatMap((group, index) =>
    (group.constraints ?? []).map((constraint, place) => [`task_groups[${index}].constraints[${place}].value`, constraint] as const),
  );
  const ofJob = Object.entries(constraints ?? {}).flatMap(([attribute, value]) =>
    typeof value === 'object' ? [[`constraints.${attribute}.value`, { attribute, ...value }] as const] : [],
  );
  return [...ofGroups, ...ofJob];
}
