import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

/** The repository's folder. */
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
}

export const COMPOSE_TEXT = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');

/** `.env` with a value for every variable of `.env.example`. */
export const SECRETS: Readonly<Record<string, string>> = Object.fromEntries(
  [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => [
    name,
    Buffer.from(name.padEnd(32, '.').slice(0, 32)).toString(name === 'MUSTER_DATA_KEY' ? 'base64' : 'hex'),
  ]),
);

/** The file as compose reads it, with these variables. Throws for one that the file demands and that is not there. */
export function composeFile(variables: Readonly<Record<string, string>> = SECRETS): ComposeFile {
  const text = COMPOSE_TEXT.replace(/\$\{(\w+)(?::\?([^}]*))?\}/g, (_whole, name: string, problem?: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`${name}: ${problem ?? 'is not set'}`);
    return value;
  });
  return parse(text, { merge: true }) as ComposeFile;
}
