import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

export interface StoreHost {
  readonly host: string;
  readonly port: number;
}

export interface StoreUrl {
  readonly hosts: readonly StoreHost[];
  readonly discovers: boolean;
  readonly tls: boolean;
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  readonly connectionName: string | undefined;
  readonly keepAliveIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly gossipTimeoutMs: number;
  /** Interval between searches for the leader, in milliseconds. */
  readonly discoveryIntervalMs: number;
}

const SCHEMES = /^(?:esdb|kurrentdb)(\+discover)?:\/\//i;
const DEFAULT_PORT = 2113;
const MAX_NUMBER = 2_147_483_647;

/** The options of EventStoreDB connection strings. Names are compared without regard to case, hyphens and underscores. */
const OPTIONS = {
  tls: 'boolean',
  tlsVerifyCert: 'boolean',
  tlsCAFile: 'file',
  userCertFile: 'file',
  userKeyFile: 'file',
  connectionName: 'text',
  nodePreference: 'preference',
  maxDiscoverAttempts: 'number',
  discoveryInterval: 'number',
  gossipTimeout: 'positive',
  defaultDeadline: 'positive',
  keepAliveInterval: 'keepAlive',
  keepAliveTimeout: 'keepAlive',
  throwOnAppendFailure: 'boolean',
} as const satisfies Record<string, OptionKind>;

type OptionKind = 'boolean' | 'file' | 'text' | 'preference' | 'number' | 'positive' | 'keepAlive';
type OptionName = keyof typeof OPTIONS;
type Values = ReadonlyMap<OptionName, string>;

const NAMES: ReadonlyMap<string, OptionName> = new Map(
  (Object.keys(OPTIONS) as OptionName[]).map((name) => [flat(name), name]),
);
const PREFERENCES = ['leader', 'follower', 'random', 'readOnlyReplica'];
/** Option names that are safe to repeat in messages: they cannot be part of an unencoded password. */
const PRINTABLE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

/** Lists all problems of a connection string. The message never contains the string, which may include a password. */
export class StoreUrlError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'StoreUrlError';
  }
}

/**
 * Parses and validates a connection string before any client uses it. Reads the files that it names, so that a wrong path is reported at startup.
 * Throws {@link StoreUrlError}.
 */
export function parseStoreUrl(text: string): StoreUrl {
  const url = text.trim();
  const scheme = SCHEMES.exec(url);
  if (scheme === null)
    throw new StoreUrlError([
      'must begin with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://',
    ]);
  const dns = scheme[1] !== undefined;
  const [, authority = '', rest = ''] = /^([^/?]*)\/*(.*)$/s.exec(url.slice(scheme[0].length)) ?? [];
  if (rest.includes('@'))
    throw new StoreUrlError([
      'contains an @ after the hosts: percent-encode / ? # @ in a password (%2F %3F %23 %40)',
    ]);
  const problems: string[] = [];
  const at = authority.lastIndexOf('@');
  const credentials = at < 0 ? undefined : credentialsOf(authority.slice(0, at), problems);
  const hosts = hostsOf(authority.slice(at + 1), problems);
  if (dns && hosts.length > 1)
    problems.push('+discover accepts one DNS name for all members: omit +discover to list several hosts');
  const values = optionsOf(rest, problems);
  for (const [name, value] of values) checkValue(name, value, problems);
  checkTls(values, problems);
  if (problems.length > 0) throw new StoreUrlError(problems);
  const number = (name: OptionName, otherwise: number): number => Number(values.get(name) ?? otherwise);
  const decoded = (name: OptionName): string | undefined =>
    values.has(name) ? decodeURIComponent(values.get(name)!) : undefined;
  return {
    hosts,
    discovers: dns || hosts.length > 1,
    tls: values.get('tls') !== 'false',
    caFile: decoded('tlsCAFile'),
    certFile: decoded('userCertFile'),
    keyFile: decoded('userKeyFile'),
    credentials,
    connectionName: decoded('connectionName'),
    keepAliveIntervalMs: number('keepAliveInterval', 10_000),
    keepAliveTimeoutMs: number('keepAliveTimeout', 10_000),
    gossipTimeoutMs: number('gossipTimeout', 5) * 1_000,
    discoveryIntervalMs: number('discoveryInterval', 100),
  };
}

export function problemsOfStoreUrl(text: string): readonly string[] {
  try {
    parseStoreUrl(text);
    return [];
  } catch (error) {
    if (error instanceof StoreUrlError) return error.problems;
    throw error;
  }
}

export function hostsIn(text: string): string {
  try {
    return parseStoreUrl(text).hosts.map(targetOf).join(',');
  } catch {
    return '';
  }
}

export function targetOf({ host, port }: StoreHost): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function credentialsOf(text: string, problems: string[]): StoreUrl['credentials'] {
  const colon = text.indexOf(':');
  const [user, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 1 || password === '') {
    problems.push('the credentials before the @ must be user:password');
    return undefined;
  }
  try {
    return { user: decodeURIComponent(user), password: decodeURIComponent(password) };
  } catch {
    problems.push('the user name or password is not percent-encoded: write % as %25');
    return undefined;
  }
}

function hostsOf(text: string, problems: string[]): StoreHost[] {
  return text.split(',').flatMap((part, index) => {
    const [, bracketed, plain, port] =
      /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]@%#]+))(?::(\d{1,5}))?$/i.exec(part.trim()) ?? [];
    const host = bracketed ?? plain;
    const number = port === undefined ? DEFAULT_PORT : Number(port);
    if (host !== undefined && number > 0 && number <= 65_535) return [{ host, port: number }];
    // This part may contain a password with an unencoded character.
    problems.push(
      `host ${index + 1} must be a name or an address, with or without :port; in a password, write / and ? as %2F and %3F`,
    );
    return [];
  });
}

function optionsOf(text: string, problems: string[]): Values {
  const values = new Map<OptionName, string>();
  if (text === '' || text === '?') return values;
  if (!text.startsWith('?')) {
    problems.push('only ?option=value may follow the hosts');
    return values;
  }
  for (const [index, part] of text.slice(1).split('&').entries()) {
    const equals = part.indexOf('=');
    const written = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1).trim();
    const name = NAMES.get(flat(written));
    const shown = PRINTABLE_NAME.test(written) ? written : `option ${index + 1}`;
    if (name === undefined)
      problems.push(`${shown}: unknown option, must be one of ${Object.keys(OPTIONS).join(', ')}`);
    else if (value === '') problems.push(`${name}: has no value`);
    else if (values.has(name)) problems.push(`${name}: duplicate option`);
    else values.set(name, value);
  }
  return values;
}

function checkValue(name: OptionName, value: string, problems: string[]): void {
  const number = /^-?\d+$/.test(value) ? Number(value) : undefined;
  switch (OPTIONS[name]) {
    case 'boolean':
      if (value !== 'true' && value !== 'false') problems.push(`${name}: must be true or false`);
      return;
    case 'preference':
      if (!PREFERENCES.some((each) => flat(each) === flat(value)))
        problems.push(`${name}: must be one of ${PREFERENCES.join(', ')}`);
      return;
    case 'number':
    case 'positive': {
      const least = OPTIONS[name] === 'positive' ? 1 : 0;
      if (number === undefined || number < least || number > MAX_NUMBER)
        problems.push(`${name}: must be a whole number of at least ${least}`);
      return;
    }
    case 'keepAlive':
      if (number === undefined || number < -1 || number > MAX_NUMBER)
        problems.push(`${name}: must be a whole number of milliseconds, or -1 for none`);
      return;
    case 'text':
    case 'file':
      try {
        decodeURIComponent(value);
      } catch {
        problems.push(`${name}: is not percent-encoded: write % as %25`);
      }
  }
}

function checkTls(values: Values, problems: string[]): void {
  if (values.get('tlsVerifyCert') === 'false')
    problems.push(
      'tlsVerifyCert: certificates are always verified; set tlsCAFile=<file> to the certificate of the authority that signed them',
    );
  if (values.has('userCertFile') !== values.has('userKeyFile'))
    problems.push('userCertFile, userKeyFile: must be set together');
  for (const name of ['tlsCAFile', 'userCertFile', 'userKeyFile'] as const)
    checkFile(name, values.get(name), problems);
}

function checkFile(
  name: 'tlsCAFile' | 'userCertFile' | 'userKeyFile',
  value: string | undefined,
  problems: string[],
): void {
  if (value === undefined) return;
  let file = value;
  try {
    file = decodeURIComponent(value);
    const pem = readFileSync(file);
    if (name === 'tlsCAFile') createSecureContext({ ca: pem });
    if (!pem.includes('-----BEGIN ')) problems.push(`${name}: ${file} is not a PEM file`);
  } catch (error) {
    // Invalid percent-encoding was already reported with the other values.
    if (error instanceof URIError) return;
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EACCES'
          ? 'may not be read by this user'
          : `cannot be used (${code ?? 'not PEM'})`;
    problems.push(`${name}: ${file} ${reason}`);
  }
}

function flat(name: string): string {
  return name.trim().toLowerCase().replace(/[_-]/g, '');
}
