import { pino, type Logger } from 'pino';
import type { OutputSettings } from './settings.js';
import { standardOutput } from './standard-output.js';

export type Log = Logger;

const SECRET_HEADERS = ['authorization', 'cookie', 'set-cookie', 'x-api-key'];

/** Creates the log: one JSON record per line on stdout, with a code and fields. Secret fields are redacted. Lines that cannot be written are dropped. */
export function createLog(settings: OutputSettings, role: string): Log {
  const options = {
    level: settings.logLevel,
    base: { role, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['', 'req.', 'res.'].flatMap((of) => SECRET_HEADERS.map((header) => `${of}headers["${header}"]`)),
  };
  return pino(options, standardOutput(role).stdout);
}
