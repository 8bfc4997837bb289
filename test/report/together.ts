import { readFileSync } from 'node:fs';

/** Folders below `test/` whose tests call functions, or start parts of the program in the test's own process. */
const FOLDERS = [
  'agents/drivers/',
  'agents/journal/',
  'agents/platform/listener/',
  'agents/platform/transport/',
  'domain/',
  'projections/',
  'src/accounts/',
  'src/cli/',
  'src/engine/',
  'src/features/exec/',
  'src/features/history/',
  'src/features/task-logs/',
  'src/features/visibility/',
  'src/features/why/',
  'src/fleet/',
  'src/http/',
  'src/surfaces/',
];

/** Signs that a test needs its own process, because it starts processes or threads, or uses state of the whole process. */
const NEEDS_ITS_OWN = [
  /["']node:(child_process|worker_threads|cluster|process)["']/,
  /\bprocess\.(env|on|once|emit|chdir|umask|kill|exit)/,
  /\/fixtures\/(agent|basic-agent|dockerd|event-store-process|faulty-proxy|ferretdb|free-port|nats-scene|nats-server|other-user)\.js["']/,
  /\/fixtures\/(program|raw-request|server|wire-server|wire-front|wiring\/[a-z-]+)\.js["']/,
  // Settings for the file as a whole, such as timeouts.
  /^t\.(?!test\b)/m,
];

/** Whether a compiled file, at this path below `test/`, may run in one process with similar files, one after the other. */
export function runsTogether(path: string, file: string): boolean {
  if (!FOLDERS.some((folder) => path.startsWith(folder))) return false;
  const text = readFileSync(file, 'utf8');
  return !NEEDS_ITS_OWN.some((sign) => sign.test(text));
}
