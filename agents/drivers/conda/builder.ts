import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { BuildResult } from '#domain/drivers/conda/index.js';
import { systemClock } from '../../platform/clock/system-clock.js';
import { Build } from './build.js';
import { BuildLog } from './build-log.js';
import { buildRequest, CREDENTIALS } from './build-request.js';
import { BuildError } from './tools/build-error.js';
import { endProcessesOf } from './tools/end-processes.js';
import { maskSecrets } from './tools/mask-secrets.js';
import { secretsOf } from './tools/credentials.js';

const request = buildRequest.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const secrets = secretsOf(process.env[CREDENTIALS], Object.values(process.env));
const clean = (text: string): string => maskSecrets(text, secrets);

const over = new AbortController();
const log = new BuildLog();
const say = (line: string): void => {
  const text = clean(line);
  log.add(text);
  process.stdout.write(`${text}\n`);
};

async function outcome(): Promise<BuildResult> {
  try {
    return await new Build(request, clean, say, systemClock).run();
  } catch (error) {
    const known = error instanceof BuildError ? error : unforeseen(error);
    say(`Failed to ${known.step}: ${known.message}`);
    return { outcome: 'failed', step: known.step, failed: [...known.failed], error: clean(known.message) };
  }
}

function unforeseen(error: unknown): BuildError {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${clean(stack)}\n`);
  return new BuildError('install', `the builder failed: ${message}`);
}

const tooLong = `the build took longer than ${request.limitSeconds} s`;
const limit = systemClock.sleep(request.limitSeconds * 1000, over.signal).then((): BuildResult => {
  say(`Failed to install: ${tooLong}`);
  return { outcome: 'failed', step: 'install', failed: [], error: tooLong };
});
const result = log.within(await Promise.race([outcome(), limit]));
writeFileSync(`${request.result}.tmp`, JSON.stringify(result), { mode: 0o600 });
renameSync(`${request.result}.tmp`, request.result);
// Kill any process that is still running or holds the output open.
if (request.owner !== undefined) endProcessesOf(request.owner);
process.exit(result.outcome === 'built' ? 0 : 1);
