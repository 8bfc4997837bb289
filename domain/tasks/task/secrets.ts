import type { SecretReference } from '../../accounts/secret/index.js';
import type { References } from './references.js';
import { isSecretUrl, type TaskWork } from './work.js';

export type SecretText = string | SecretReference;

/** Parts of a task that may be secret, in the form in which its editors enter and see them. */
export interface Secrets {
  readonly environment?: Readonly<Record<string, SecretText>>;
  readonly arguments?: readonly string[];
  /** The URL of a call. Absent if it is only an origin, which is no secret. */
  readonly url?: string;
  readonly headers?: Readonly<Record<string, SecretText>>;
  readonly body?: string;
}

export const RESERVED_VARIABLES = 'MUSTER_';
const PIECE = 30_000;

const argument = (index: number): string => `${RESERVED_VARIABLES}ARGUMENT_${index}`;
const header = (index: number): string => `${RESERVED_VARIABLES}HEADER_${index}`;
const piece = (index: number): string => `${RESERVED_VARIABLES}BODY_${index}`;

export const variableNames = {
  url: `${RESERVED_VARIABLES}URL`,
  arguments: (count: number): string[] => names(count, argument),
  headers: (count: number): string[] => names(count, header),
  body: (pieces: number): string[] => names(pieces, piece),
};

/** Returns the environment to seal, without references, or undefined if there is none. */
export function variablesOf({
  environment = {},
  arguments: words = [],
  url,
  headers = {},
  body,
}: Secrets): Record<string, string> | undefined {
  const entries = [
    ...texts(environment),
    ...(url === undefined ? [] : [[variableNames.url, url] as const]),
    ...words.map((word, index) => [argument(index), word] as const),
    ...texts(Object.fromEntries(Object.values(headers).map((value, index) => [header(index), value]))),
    ...piecesOf(body).map((text, index) => [piece(index), text] as const),
  ];
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function referencesOf({ environment = {}, headers = {} }: Secrets): References | undefined {
  const values = [
    ...Object.entries(environment),
    ...Object.values(headers).map((value, index) => [header(index), value] as const),
  ];
  const entries = values.flatMap(([name, value]) =>
    typeof value === 'string' ? [] : [[name, value.secret] as const],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function piecesOf(body: string | undefined): string[] {
  return body === undefined
    ? []
    : Array.from({ length: Math.max(1, Math.ceil(body.length / PIECE)) }, (_, index) =>
        body.slice(index * PIECE, (index + 1) * PIECE),
      );
}

export function secretsOf(work: TaskWork, variables: Readonly<Record<string, string>>): Secrets {
  const value = (name: string): string => variables[name] ?? '';
  const referred = Object.entries(work.references ?? {}).map(([name, secret]) => [name, { secret }] as const);
  const all = new Map<string, SecretText>([...Object.entries(variables), ...referred]);
  const environment = Object.fromEntries([...all].filter(([name]) => !name.startsWith(RESERVED_VARIABLES)));
  const own = Object.keys(environment).length > 0 ? { environment } : {};
  switch (work.executor) {
    case 'shell':
    case 'conda':
      return own;
    case 'python':
      return {
        ...own,
        ...(work.arguments > 0 && { arguments: variableNames.arguments(work.arguments).map(value) }),
      };
    case 'http': {
      const headers = Object.fromEntries(
        work.headers.map((name, index) => [name, all.get(header(index)) ?? '']),
      );
      const body = variableNames.body(work.bodyPieces).map(value).join('');
      // Older definitions have the whole URL in plain text.
      const url = work.urlSealed === true ? variables[variableNames.url] : work.url;
      return {
        ...(url !== undefined && isSecretUrl(url) && { url }),
        ...(work.headers.length > 0 && { headers }),
        ...(work.bodyPieces > 0 && { body }),
      };
    }
  }
}

/** Hides the values but not the names. A URL is left out, because its origin is shown instead. */
export function masked({ environment, arguments: words, headers, body }: Secrets): Secrets {
  const hide = (values: Readonly<Record<string, SecretText>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? MASK : value]),
    );
  return {
    ...(environment && { environment: hide(environment) }),
    ...(words && { arguments: words.map(() => MASK) }),
    ...(headers && { headers: hide(headers) }),
    ...(body !== undefined && { body: MASK }),
  };
}

const MASK = '***';

function texts(values: Readonly<Record<string, SecretText>>): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
}

function names(count: number, name: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => name(index));
}
