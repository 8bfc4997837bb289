import { readFileSync } from 'node:fs';
import { isSocketUrl } from '#agents/platform/transport/server-address.js';
import { ownFile, writeOwnFile } from './private-file.js';

type Tokens = Readonly<Record<string, string>>;

export function tokenFile(): string {
  return ownFile('tokens.json');
}

export function storedToken(address: string): string | undefined {
  return read()[originOf(address)];
}

export function storeToken(address: string, token: string | undefined): void {
  const { [originOf(address)]: _, ...others } = read();
  writeOwnFile(tokenFile(), token === undefined ? others : { ...others, [originOf(address)]: token });
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
