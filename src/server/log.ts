import { pino, type Logger } from 'pino';
import type { Settings } from './settings/settings.js';
import { standardOutput } from './standard-output.js';

export type Log = Logger;

/** What says who somebody is. */
const SECRET_HEADERS = ['authorization', 'cookie', 'set-cookie', 'x-api-key'];

/** One JSON line a record on stdout: a code and fields. What could hold a secret is cut out. A line that cannot be written is dropped. */
export function createLog(settings: Pick<Settings, 'logLevel'>, role: string): Log {
  const options = {
    level: settings.logLevel,
    base: { role, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['', 'req.', 'res.'].flatMap((of) => SECRET_HEADERS.map((header) => `${of}headers["${header}"]`)),
  };
  return pino(options, standardOutput(role).stdout);
}
