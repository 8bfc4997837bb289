import path from 'node:path';
import { lock, lockHash, type CondaRun, type Lock } from '#domain/drivers/conda/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { TextBlobs } from '#domain/kernel/ports/text-blobs.js';
import { textDigest } from './digest.js';
import { TaskStartError, type TaskSpec } from '../driver.js';
import type { Builds } from './builds.js';
import type { DetectedBackEnd } from './back-end-detection.js';
import { condaPlatform } from './settings.js';

export interface RealiseParts {
  readonly builds: Builds;
  readonly documents: TextBlobs;
  readonly clock: Clock;
  readonly backEnd: () => Promise<DetectedBackEnd>;
}

const KILL_MS = 2000;

export async function ensureGeneration(
  spec: TaskSpec<CondaRun>,
  { builds, documents, clock, backEnd }: RealiseParts,
  signal: AbortSignal,
): Promise<void> {
  const hash = spec.config.lock;
  const store = builds.storeOf(spec.config);
  if ((await store.ready(hash)) !== undefined) return await store.touch(hash, clock.now());
  const given = await fetched(hash, documents, signal);
  if (given.platform !== condaPlatform())
    throw new TaskStartError(`its environment is for ${given.platform}, but this node is ${condaPlatform()}`);
  const task = await builds.start(
    generationBuildSpec(spec),
    { specs: [], pip: [], channels: [], lock: given, hash },
    await backEnd(),
  );
  const stop = (): void => void task.stop(KILL_MS);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const { result, problem, exitCode } = await task.exit;
  signal.removeEventListener('abort', stop);
  await task.release();
  signal.throwIfAborted();
  if ((await store.ready(hash)) !== undefined) return;
  const said =
    typeof result?.['error'] === 'string'
      ? result['error']
      : (problem ?? `its builder ended with exit code ${exitCode ?? 'unknown'}`);
  throw new TaskStartError(`its environment could not be built: ${said}`.slice(0, 4000));
}

export function generationBuildSpec(spec: TaskSpec<CondaRun>): TaskSpec<CondaRun> {
  return {
    ...spec,
    directory: path.join(spec.directory, 'realise'),
    task: { ...spec.task, name: `${spec.task.name}.realise` },
  };
}

async function fetched(hash: string, documents: TextBlobs, signal: AbortSignal): Promise<Lock> {
  const text = await documents.fetch(lockHash.parse(hash), signal).catch((error: unknown) => {
    throw new TaskStartError(
      `the lock of its environment cannot be fetched: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  });
  if (textDigest(text) !== hash)
    throw new TaskStartError(`the content of lock ${hash} does not match its hash`);
  const parsed = lock.safeParse(JSON.parse(text));
  if (!parsed.success) throw new TaskStartError(`lock ${hash} has a format that this node does not support`);
  return parsed.data;
}
