import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { WireError } from './projector-messages.js';

export function toWire(error: unknown): WireError {
  if (isMusterError(error))
    return {
      message: error.message,
      code: error.code,
      declared: error.declared,
      fields: error.fields,
      ...(error.stack === undefined ? {} : { stack: error.stack }),
    };
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { message: error.message, ...code, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}

export function fromWire(wire: WireError): MusterError {
  const cause = Object.assign(
    new Error(wire.message),
    wire.code === undefined ? {} : { code: wire.code },
    wire.stack === undefined ? {} : { stack: wire.stack },
  );
  if (wire.declared !== undefined) return new MusterError(wire.declared, wire.fields ?? {}, { cause });
  return new MusterError(
    'MUSTER_E_READ_MODEL_UNAVAILABLE',
    { model: 'all', problem: wire.message },
    { cause },
  );
}
