import type { Constraint, JobSpecification } from '../../job/specification.js';
import { refusalMessage, TENANT_REFUSAL_REASON, TENANT_SUPPORT } from '../../drivers/tenant-refusal.js';
import { assertNever } from '../../errors/assert-never.js';
import { compare, equal } from './comparison.js';
import type { NodeFacts } from '../capacity/node-facts.js';
import { TAGGED, tagOfAttribute } from '../../node-tags.js';
import { compilePattern } from '../../pattern.js';

/** A constraint made ready for many nodes. */
export interface CompiledConstraint {
  /** As reasons name it: `constraint disk = ssd`. */
  readonly label: string;
  /** The same for a node that it does not hold for, with what that node says of why. Absent: nodes say nothing. */
  labelFor?(node: NodeFacts): string;
  holds(node: NodeFacts): boolean;
}

const LABEL_LENGTH = 96;

/**
 * What is wrong with a constraint that its schema lets through: today, only a regex that does not compile or is too
 * large. Undefined: nothing. For those who take specifications from outside; what is in the log passed here.
 */
export function checkConstraint(constraint: Constraint): string | undefined {
  if (constraint.operator !== 'regex') return undefined;
  const compiled = compilePattern(String(constraint.value));
  return compiled.ok ? undefined : compiled.problem;
}

/** The job-level object (attribute → value, or `{operator, value}`) as a list; a bare value means `=`. */
export function jobConstraintList(constraints: JobSpecification['constraints']): readonly Constraint[] {
  return Object.entries(constraints ?? {}).map(([attribute, wanted]) =>
    typeof wanted === 'object' ? { attribute, ...wanted } : { attribute, operator: '=', value: wanted },
  );
}

/**
 * The value that a constraint looks at, as text: `node_id`, `ip_address`, a tag that an operator gave, else a registered resource, else a custom
 * attribute. Undefined: the node has no such attribute.
 */
export function attributeOf(node: NodeFacts, attribute: string): string | undefined {
  if (attribute === 'node_id') return node.nodeId;
  if (attribute === 'ip_address') return node.ipAddress;
  const tag = tagOfAttribute(attribute);
  if (tag !== undefined && node.tags !== undefined) return node.tags.includes(tag) ? TAGGED : undefined;
  if (Object.hasOwn(node.resources, attribute)) return String(node.resources[attribute]);
  if (Object.hasOwn(node.attributes, attribute)) return String(node.attributes[attribute]);
  return undefined;
}

/**
 * `=` equal as numbers or as texts; `!=` its opposite, and it holds where the attribute is missing; `>` and `<`
 * numeric when both sides are numbers, else by code point; `regex` unanchored. All but `!=` fail on a missing attribute.
 */
export function compileConstraint(constraint: Constraint): CompiledConstraint {
  const { attribute, operator } = constraint;
  const wanted = String(constraint.value);
  const test = testOf(operator, wanted);
  const missing = operator === '!=';
  const label = `constraint ${attribute} ${operator} ${wanted}`.slice(0, LABEL_LENGTH);
  return {
    label,
    ...(attribute === TENANT_SUPPORT && { labelFor: (node) => `${label}${refusalMessage(attributeOf(node, TENANT_REFUSAL_REASON))}` }),
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
