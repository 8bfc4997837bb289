import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

export const ROOT = resolve(import.meta.dirname, '../../..');

export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly init?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly hostname?: string;
  readonly network_mode?: string;
  readonly mem_limit?: string;
  readonly secrets?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly networks?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

export const COMPOSE_TEXT = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
export const DOCKER_DRIVER_TEXT = readFileSync(join(ROOT, 'deploy/containers/docker-driver.yml'), 'utf8');
export const MAKE_SECRETS = join(ROOT, 'deploy/containers/make-secrets.sh');

/** Folder with the secrets that `make-secrets.sh` writes. */
export const SECRETS_FOLDER = mkdtempSync(join(tmpdir(), 'mst-secrets-'));
execFileSync('sh', [MAKE_SECRETS, SECRETS_FOLDER], { stdio: 'ignore' });
// Only in /run/secrets, where containers have them, may all users read them.
for (const name of readdirSync(SECRETS_FOLDER)) chmodSync(join(SECRETS_FOLDER, name), 0o600);
process.once('exit', () => rmSync(SECRETS_FOLDER, { recursive: true, force: true }));

export const SECRETS: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(SECRETS_FOLDER).map((name) => [
    name,
    readFileSync(join(SECRETS_FOLDER, name), 'utf8').trimEnd(),
  ]),
);

/** Parses the file as compose does, with these variables. Throws if a required variable is missing. */
export function composeFile(
  variables: Readonly<Record<string, string>> = {},
  source: string = COMPOSE_TEXT,
): ComposeFile {
  const text = source.replace(
    /\$\{(\w+)(?::([?-])([^}]*))?\}/g,
    (_whole, name: string, kind?: string, text?: string) => {
      const value = variables[name] ?? (kind === '-' ? text : undefined);
      if (value === undefined) throw new Error(`${name}: ${text ?? 'is not set'}`);
      return value;
    },
  );
  return parse(text, { merge: true }) as ComposeFile;
}

/** Returns the environment of a service, with paths of secrets replaced by those on this machine. */
export function environmentOf({ environment = {} }: Service): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/^\/run\/secrets/, SECRETS_FOLDER),
    ]),
  );
}
