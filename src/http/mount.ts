import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyServerOptions } from 'fastify';
import { CONSOLE_HEADER } from '#src/accounts/index.js';

type Strategies = NonNullable<NonNullable<FastifyServerOptions['routerOptions']>['constraints']>;
type Strategy = Strategies[string];

export interface HeaderCondition {
  readonly name: string;
  readonly present: boolean;
}

export interface Mount {
  readonly prefix: string;
  readonly header?: HeaderCondition;
}

/** Route option for a path that two surfaces share: the route serves only requests that meet the condition. */
export function onlyWith({ name, present }: HeaderCondition): {
  readonly constraints: Readonly<Record<string, string>>;
} {
  return { constraints: { [strategyOf(name)]: valueOf(present) } };
}

export function onlyWithout(constraints: unknown, header: string): boolean {
  return (
    typeof constraints === 'object' &&
    constraints !== null &&
    Object.entries(constraints).some(
      ([name, value]) => name === strategyOf(header) && value === valueOf(false),
    )
  );
}

export function headerConstraints(mounts: readonly Mount[]): Strategies {
  const headers = new Set(mounts.flatMap(({ header }) => (header === undefined ? [] : [header.name])));
  return Object.fromEntries([...headers].map((header) => [strategyOf(header), strategy(header)]));
}

function strategy(header: string): Strategy {
  return {
    name: strategyOf(header),
    storage: () => {
      const handlers = new Map<unknown, never>();
      return {
        get: (value) => handlers.get(value) ?? null,
        set: (value, handler) => void handlers.set(value, handler as never),
      };
    },
    deriveConstraint: (request) => valueOf(isPresent(request.headers, header)),
    mustMatchWhenDerived: false,
  };
}

/** The console's page authenticates with its own session, so its requests are treated as if they had an `Authorization` header. */
export function isPresent(headers: IncomingHttpHeaders, name: string): boolean {
  return headers[name] !== undefined || (name === 'authorization' && headers[CONSOLE_HEADER] !== undefined);
}

/** The router compiles the name into code, so it must be a valid variable name. */
function strategyOf(header: string): string {
  return `header_${header.replace(/[^a-z0-9]/g, (sign) => `_${sign.charCodeAt(0)}`)}`;
}

function valueOf(present: boolean): string {
  return present ? 'present' : 'absent';
}
