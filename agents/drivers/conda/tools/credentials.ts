import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Credential {
  readonly host: string;
  readonly user?: string;
  readonly secret: string;
}

export function credentialsOf(text: string | undefined): Credential[] {
  return (text ?? '').split(',').flatMap((entry) => {
    const [, host, user, secret] = /^\s*([^=\s]+)=(?:([^:\s]*):)?(\S+)\s*$/.exec(entry) ?? [];
    if (host === undefined || secret === undefined) return [];
    return [{ host, secret, ...(user !== undefined && { user }) }];
  });
}

export function secretsOf(
  credentials: string | undefined,
  values: readonly (string | undefined)[],
): string[] {
  const inUrls = values.flatMap((value) =>
    [...(value ?? '').matchAll(/\w+:\/\/([^\s/@]+)@/g)].flatMap(([, info = '']) => [
      info,
      ...info.split(':').slice(1),
    ]),
  );
  return [...credentialsOf(credentials).map(({ secret }) => secret), ...inUrls].sort(
    (one, other) => other.length - one.length,
  );
}

/** Writes the tools' credential files, which only their user can read. Returns the environment variables that point to the files. */
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
    for (const each of [path.dirname(file), file])
      if (owner !== undefined) chownSync(each, owner.uid, owner.gid);
    return file;
  };
  const named = (entry: (credential: Credential) => unknown): string =>
    JSON.stringify(Object.fromEntries(credentials.map((each) => [each.host, entry(each)])));
  const rattler = put(
    'rattler.json',
    named(({ user, secret }) =>
      user === undefined ? { CondaToken: secret } : { BasicHTTP: { username: user, password: secret } },
    ),
  );
  put(
    '.mamba/auth/authentication.json',
    named(({ user, secret }) =>
      user === undefined
        ? { type: 'CondaToken', token: secret }
        : { type: 'BasicHTTPAuthentication', user, password: Buffer.from(secret).toString('base64') },
    ),
  );
  const netrc = put(
    '.netrc',
    credentials
      .map(
        ({ host, user, secret }) =>
          `machine ${host.replace(/:\d+$/, '')} login ${user ?? '__token__'} password ${secret}\n`,
      )
      .join(''),
  );
  return { RATTLER_AUTH_FILE: rattler, NETRC: netrc };
}
