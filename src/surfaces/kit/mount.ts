import type { FastifyServerOptions } from 'fastify';

type Strategies = NonNullable<NonNullable<FastifyServerOptions['routerOptions']>['constraints']>;
type Strategy = Strategies[string];

/** Whether a request has a header: what tells two surfaces on one path apart. */
export interface HeaderCondition {
  /** In small letters. */
  readonly name: string;
  readonly present: boolean;
}

/** Where a surface is. */
export interface Mount {
  /** It covers itself and what is below it. */
  readonly prefix: string;
  /** Absent: whatever its requests send. */
  readonly header?: HeaderCondition;
}

/** For the options of a route that two surfaces have: it answers only requests of which the condition holds. */
export function onlyWith({ name, present }: HeaderCondition): { readonly constraints: Readonly<Record<string, string>> } {
  return { constraints: { [strategyOf(name)]: valueOf(present) } };
}

/** Whether a route of these constraints answers only what lacks the header. */
export function onlyWithout(constraints: unknown, header: string): boolean {
  return (
    typeof constraints === 'object' &&
    constraints !== null &&
    Object.entries(constraints).some(([name, value]) => name === strategyOf(header) && value === valueOf(false))
  );
}

/** How a router finds out which of them a request meets: for each header that a mount names. */
export function headerConstraints(mounts: readonly Mount[]): Strategies {
  const headers = new Set(mounts.flatMap(({ header }) => (header === undefined ? [] : [header.name])));
  return Object.fromEntries([...headers].map((header) => [strategyOf(header), strategy(header)]));
}

function strategy(header: string): Strategy {
  return {
    name: strategyOf(header),
    storage: () => {
      const handlers = new Map<unknown, never>();
      return { get: (value) => handlers.get(value) ?? null, set: (value, handler) => void handlers.set(value, handler as never) };
    },
    deriveConstraint: (request) => valueOf(request.headers[header] !== undefined),
    mustMatchWhenDerived: false,
  };
}

/** The router compiles its name into code: a name of a variable. */
function strategyOf(header: string): string {
  return `header_${header.replace(/[^a-z0-9]/g, (sign) => `_${sign.charCodeAt(0)}`)}`;
}

function valueOf(present: boolean): string {
  return present ? 'present' : 'absent';
}
