import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What one host asks for. */
export interface Credential {
  readonly host: string;
  readonly user?: string;
  /** Password, or token. */
  readonly secret: string;
}

/** Takes `host=user:password,host=token` apart. */
export function credentialsOf(text: string | undefined): Credential[] {
  return (text ?? '').split(',').flatMap((entry) => {
    const [, host, user, secret] = /^\s*([^=\s]+)=(?:([^:\s]*):)?(\S+)\s*$/.exec(entry) ?? [];
    if (host === undefined || secret === undefined) return [];
    return [{ host, secret, ...(user !== undefined && { user }) }];
  });
}

/** What must not be said: passwords, tokens, and what stands before the `@` in URLs of the environment, as that of a proxy. */
export function secretsOf(credentials: string | undefined, values: readonly (string | undefined)[]): string[] {
  const inUrls = values.flatMap((value) => [...(value ?? '').matchAll(/\w+:\/\/([^\s/@]+)@/g)].flatMap(([, info = '']) => [info, ...info.split(':').slice(1)]));
  return [...credentialsOf(credentials).map(({ secret }) => secret), ...inUrls].sort((one, other) => other.length - one.length);
}

/** Writes the credentials down where tools look for them, for their user alone, and answers with the variables that say where. */
export function writeCredentials(
  home: string,
  credentials: readonly Credential[],
  owner: { readonly uid: number; readonly gid: number } | undefined,
): Record<string, string> {
  if (credentials.length === 0) return {};
  const put = (name: string, text: string): string => {
    const file = path.join(home, name);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    for (const each of [path.dirname(file), file]) if (owner !== undefined) chownSync(each, owner.uid, owner.gid);
    return file;
  };
  const named = (entry: (credential: Credential) => unknown): string => JSON.stringify(Object.fromEntries(credentials.map((each) => [each.host, entry(each)])));
  const rattler = put(
    'rattler.json',
    named(({ user, secret }) => (user === undefined ? { CondaToken: secret } : { BasicHTTP: { username: user, password: secret } })),
  );
  put(
    '.mamba/auth/authentication.json',
    named(({ user, secret }) =>
      user === undefined ? { type: 'CondaToken', token: secret } : { type: 'BasicHTTPAuthentication', user, password: Buffer.from(secret).toString('base64') },
    ),
  );
  const netrc = put(
    '.netrc',
    credentials.map(({ host, user, secret }) => `machine ${host.replace(/:\d+$/, '')} login ${user ?? '__token__'} password ${secret}\n`).join(''),
  );
  return { RATTLER_AUTH_FILE: rattler, NETRC: netrc };
}
