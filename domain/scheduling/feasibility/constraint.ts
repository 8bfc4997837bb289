import type { Constraint, JobSpecification } from '../../jobs/job/specification.js';
import { refusalMessage, TENANT_REFUSAL_REASON, TENANT_SUPPORT } from '../../drivers/tenant-refusal.js';
import { assertNever } from '../../kernel/errors/assert-never.js';
import { compare, equal } from './comparison.js';
import type { NodeFacts } from '../capacity/node-facts.js';
import { TAGGED, tagOfAttribute } from '../../nodes/tags.js';
import { compilePattern } from '../../kernel/pattern.js';

export interface CompiledConstraint {
  readonly label: string;
  labelFor?(node: ConstrainedFacts): string;
  holds(node: ConstrainedFacts): boolean;
}

/** What constraints are evaluated against. */
export type ConstrainedFacts = Pick<NodeFacts, 'nodeId' | 'ipAddress' | 'resources' | 'attributes' | 'tags'>;

const LABEL_LENGTH = 96;

/**
 * Returns what is wrong with a constraint that its schema accepts: a regex that is invalid or too large. Called before a specification is accepted,
 * so constraints in the log are valid.
 */
export function checkConstraint(constraint: Constraint): string | undefined {
  if (constraint.operator !== 'regex') return undefined;
  const compiled = compilePattern(String(constraint.value));
  return compiled.ok ? undefined : compiled.problem;
}

/** Converts a job's constraints (attribute → value, or `{operator, value}`) to a list. A bare value means `=`. */
export function jobConstraintList(constraints: JobSpecification['constraints']): readonly Constraint[] {
  return Object.entries(constraints ?? {}).map(([attribute, wanted]) =>
    typeof wanted === 'object' ? { attribute, ...wanted } : { attribute, operator: '=', value: wanted },
  );
}

/** Returns whether a node fulfils the constraints of a group and of its job. */
export function fulfilsConstraints(
  node: ConstrainedFacts,
  constraints: readonly Constraint[],
  ofJob: JobSpecification['constraints'],
): boolean {
  return [...constraints, ...jobConstraintList(ofJob)].every((each) => compileConstraint(each).holds(node));
}

/**
 * Returns the value of an attribute as a string, or undefined if the node does not have it. Looks up, in this order: `node_id`, `ip_address`, an
 * operator's tag, a registered resource, and a custom attribute.
 */
export function attributeOf(node: ConstrainedFacts, attribute: string): string | undefined {
  if (attribute === 'node_id') return node.nodeId;
  if (attribute === 'ip_address') return node.ipAddress;
  const tag = tagOfAttribute(attribute);
  if (tag !== undefined && node.tags !== undefined) return node.tags.includes(tag) ? TAGGED : undefined;
  if (Object.hasOwn(node.resources, attribute)) return String(node.resources[attribute]);
  if (Object.hasOwn(node.attributes, attribute)) return String(node.attributes[attribute]);
  return undefined;
}

/**
 * `=`: equal as numbers or as strings. `!=`: the opposite, also true for a missing attribute. `>` and `<`: numeric if both sides are numbers,
 * otherwise by code point. `regex`: unanchored. All except `!=` fail if the attribute is missing.
 */
export function compileConstraint(constraint: Constraint): CompiledConstraint {
  const { attribute, operator } = constraint;
  const wanted = String(constraint.value);
  const test = testOf(operator, wanted);
  const missing = operator === '!=';
  const label = `constraint ${attribute} ${operator} ${wanted}`.slice(0, LABEL_LENGTH);
  return {
    label,
    ...(attribute === TENANT_SUPPORT && {
      labelFor: (node) => `${label}${refusalMessage(attributeOf(node, TENANT_REFUSAL_REASON))}`,
    }),
    holds(node) {
      const value = attributeOf(node, attribute);
      return value === undefined ? missing : test(value);
    },
  };
}

function testOf(operator: Constraint['operator'], wanted: string): (value: string) => boolean {
  switch (operator) {
    case '=':
      return (value) => equal(value, wanted);
    case '!=':
      return (value) => !equal(value, wanted);
    case '>':
      return (value) => compare(value, wanted) > 0;
    case '<':
      return (value) => compare(value, wanted) < 0;
    case 'regex': {
      const compiled = compilePattern(wanted);
      return (value) => compiled.ok && compiled.pattern.matches(value);
    }
    default:
      return assertNever(operator);
  }
}
