import { MAX_BUILD_ERROR, type BuildResult } from '#domain/drivers/conda/index.js';

type Failure = Extract<BuildResult, { outcome: 'failed' }>;

export class BuildError extends Error {
  override readonly name = 'BuildError';
  constructor(
    readonly step: Failure['step'],
    said: string,
    readonly failed: Failure['failed'] = [],
  ) {
    super(said.trim().slice(-MAX_BUILD_ERROR));
  }
}
