import type { TaskWork } from './work.js';

/** What of a task's work could be secret, as those who may change it say and see it. */
export interface Secrets {
  readonly environment?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What no variable of a task's own begins with. */
export const RESERVED_VARIABLES = 'MUSTER_';
/** A variable of a task holds fewer characters. */
const PIECE = 30_000;

const argument = (index: number): string => `${RESERVED_VARIABLES}ARGUMENT_${index}`;
const header = (index: number): string => `${RESERVED_VARIABLES}HEADER_${index}`;
const piece = (index: number): string => `${RESERVED_VARIABLES}BODY_${index}`;

/** Names of the variables that drivers take the values from. */
export const variableNames = {
  arguments: (count: number): string[] => names(count, argument),
  headers: (count: number): string[] => names(count, header),
  body: (pieces: number): string[] => names(pieces, piece),
};

/** One environment that holds all of it: what is sealed. Undefined: there is nothing. */
export function variablesOf({ environment = {}, arguments: words = [], headers = {}, body }: Secrets): Record<string, string> | undefined {
  const entries = [
    ...Object.entries(environment),
    ...words.map((word, index) => [argument(index), word] as const),
    ...Object.values(headers).map((value, index) => [header(index), value] as const),
    ...piecesOf(body).map((text, index) => [piece(index), text] as const),
  ];
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** How many variables a body takes. */
export function piecesOf(body: string | undefined): string[] {
  return body === undefined
    ? []
    : Array.from({ length: Math.max(1, Math.ceil(body.length / PIECE)) }, (_, index) => body.slice(index * PIECE, (index + 1) * PIECE));
}

/** The same, of variables that were opened. */
export function secretsOf(work: TaskWork, variables: Readonly<Record<string, string>>): Secrets {
  const value = (name: string): string => variables[name] ?? '';
  const environment = Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith(RESERVED_VARIABLES)));
  const own = Object.keys(environment).length > 0 ? { environment } : {};
  switch (work.executor) {
    case 'shell':
      return own;
    case 'python':
      return { ...own, ...(work.arguments > 0 && { arguments: variableNames.arguments(work.arguments).map(value) }) };
    case 'http': {
      const headers = Object.fromEntries(work.headers.map((name, index) => [name, value(header(index))]));
      const body = variableNames.body(work.bodyPieces).map(value).join('');
      return { ...(work.headers.length > 0 && { headers }), ...(work.bodyPieces > 0 && { body }) };
    }
  }
}

/** The same for those who may not see it: what there is, without what it says. */
export function masked({ environment, arguments: words, headers, body }: Secrets): Secrets {
  const hide = (values: Readonly<Record<string, string>>) => Object.fromEntries(Object.keys(values).map((name) => [name, MASK]));
  return {
    ...(environment && { environment: hide(environment) }),
    ...(words && { arguments: words.map(() => MASK) }),
    ...(headers && { headers: hide(headers) }),
    ...(body !== undefined && { body: MASK }),
  };
}

const MASK = '***';

function names(count: number, name: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => name(index));
}
