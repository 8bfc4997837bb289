import { readFileSync } from 'node:fs';

/** Below `test/`: what stands there is about functions and about parts that are started in the test's own process. */
const FOLDERS = [
  'agents/drivers/',
  'agents/journal/',
  'agents/listener/',
  'agents/transport/',
  'domain/',
  'projections/',
  'src/accounts/',
  'src/cli/',
  'src/engine/',
  'src/fleet/',
  'src/surfaces/',
];

/** What starts processes or threads, or asks for or changes what belongs to the whole process, needs one of its own. */
const NEEDS_ITS_OWN = [
  /'node:(child_process|worker_threads|cluster|process)'/,
  /\bprocess\.(env|on|once|emit|chdir|umask|kill|exit)/,
  /\/fixtures\/(agent|basic-agent|dockerd|event-store-process|faulty-proxy|ferretdb|free-port|nats-scene|nats-server|other-user)\.js'/,
  /\/fixtures\/(program|raw-request|server|wire-server|wire-front|wiring\/[a-z-]+)\.js'/,
  // Time limits and the like, set for the file as a whole.
  /^t\.(?!test\b)/m,
];

/** Whether the compiled file, at this path below `test/`, may run in one process with others like it, one after the other. */
export function runsTogether(path: string, file: string): boolean {
  if (!FOLDERS.some((folder) => path.startsWith(folder))) return false;
  const text = readFileSync(file, 'utf8');
  return !NEEDS_ITS_OWN.some((sign) => sign.test(text));
}
