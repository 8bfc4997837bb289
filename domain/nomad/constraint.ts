import { constraint, type Constraint } from '../jobs/job/specification.js';
import type { Section } from './section.js';

const ATTRIBUTES: Readonly<Record<string, string>> = {
  'node.unique.id': 'node_id',
  'attr.unique.network.ip-address': 'ip_address',
  'attr.kernel.name': 'kernel.name',
  'attr.kernel.version': 'kernel.version',
};
const OPERATORS: Readonly<Record<string, Constraint['operator']>> = {
  '=': '=',
  '==': '=',
  is: '=',
  '!=': '!=',
  not: '!=',
  '>': '>',
  '<': '<',
  regexp: 'regex',
};

export function constraintsOf(section: Section): Constraint[] {
  return section.blocks('constraint').flatMap((each) => {
    const attribute = attributeOf(each);
    const operator = operatorOf(each);
    const value = each.text('value');
    if (value === undefined && !each.has('value')) each.report('needs a value');
    each.refuseUnread();
    if (attribute === undefined || operator === undefined || value === undefined) return [];
    const made = { attribute, operator, value };
    each.check(constraint, made);
    return [made];
  });
}

function attributeOf(section: Section): string | undefined {
  const said = section.text('attribute', { interpolated: true });
  const [, name = ''] = /^\$\{([^{}]+)\}$/.exec(said ?? '') ?? [];
  const known = Object.hasOwn(ATTRIBUTES, name)
    ? ATTRIBUTES[name]
    : /^(?:meta|node\.meta)\.(.+)$/.exec(name)?.[1];
  if (known === undefined)
    section.report(
      `must be one of ${Object.keys(ATTRIBUTES)
        .map((each) => `\${${each}}`)
        .join(', ')} or \${meta.…}: nodes have no other attributes`,
      'attribute',
    );
  return known;
}

function operatorOf(section: Section): Constraint['operator'] | undefined {
  const said = section.text('operator') ?? '=';
  const known = Object.hasOwn(OPERATORS, said) ? OPERATORS[said] : undefined;
  if (known === undefined) section.report(`must be one of ${Object.keys(OPERATORS).join(', ')}`, 'operator');
  return known;
}
