import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { variable } from '../../platform/environment.js';
import { CallError } from './reach.js';

let context: SecureContext | undefined;

/**
 * Returns options of TLS connections that also trust the authorities in `SSL_CERT_FILE`, which most programs read. Node alone reads only
 * `NODE_EXTRA_CA_CERTS`, and ignores it once authorities are given. The files are read once. Throws {@link CallError} if one cannot be read.
 */
export function trusted(): { readonly secureContext?: SecureContext } {
  const file = variable('SSL_CERT_FILE');
  if (file === undefined) return {};
  context ??= createSecureContext({ ca: [...rootCertificates, ...[file, extra(file)].flat().map(textOf)] });
  return { secureContext: context };
}

function extra(file: string): string[] {
  const more = variable('NODE_EXTRA_CA_CERTS');
  return more === undefined || more === file ? [] : [more];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CallError('the node cannot read the file in its SSL_CERT_FILE or NODE_EXTRA_CA_CERTS', {
      cause: error,
    });
  }
}
