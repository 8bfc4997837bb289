import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isSocketUrl } from '#agents/platform/transport/server-address.js';
import { variable } from '#agents/platform/environment.js';

type Tokens = Readonly<Record<string, string>>;

export function tokenFile(): string {
  return join(variable('XDG_CONFIG_HOME') ?? join(homedir(), '.config'), 'muster', 'tokens.json');
}

export function storedToken(address: string): string | undefined {
  return read()[originOf(address)];
}

export function storeToken(address: string, token: string | undefined): void {
  const { [originOf(address)]: _, ...others } = read();
  const file = tokenFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(
    draft,
    `${JSON.stringify(token === undefined ? others : { ...others, [originOf(address)]: token }, null, 2)}\n`,
    { mode: 0o600 },
  );
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

function read(): Tokens {
  try {
    return JSON.parse(readFileSync(tokenFile(), 'utf8')) as Tokens;
  } catch {
    return {};
  }
}

function originOf(address: string): string {
  try {
    return isSocketUrl(address) ? address : new URL(address).origin;
  } catch {
    return address;
  }
}
