import type { CondaBuild, Lock } from '#domain/drivers/conda/index.js';
import type { Packages } from '../packages.js';
import type { Downloads } from '../fetch/downloads.js';
import type { ToolUser } from '../tools/tool.js';

export interface BackEndHost {
  readonly program: string;
  readonly uv?: string | undefined;
  readonly platform: string;
  /** User that searches for packages and never runs their code. */
  readonly finder: ToolUser;
  /**
   * User that installs packages and may run their code. It therefore has no credential or proxy and needs no network, and no other build uses what it
   * can modify.
   */
  readonly installer: ToolUser;
  readonly downloads: Pick<Downloads, 'fetch'>;
  readonly packages: Pick<Packages, 'own' | 'lend' | 'keep'>;
  /** Where the finder caches data about channels and indexes for later builds. */
  readonly cache: string;
  readonly pipIndex?: string | undefined;
  /** Writes a line to the build's log. */
  readonly say: (line: string) => void;
  /** Removes secrets from a text. */
  readonly clean: (text: string) => string;
}

/** Requested packages; channels are URLs. */
export type Wanted = Pick<CondaBuild, 'specs' | 'pip' | 'channels' | 'base'>;

/** One way to find and install packages. Failures are `BuildError`s that name the affected packages. */
export interface BackEnd {
  /** Solves the request. If pip is needed to find pip packages, `install` adds them later. */
  solve(wanted: Wanted): Promise<Lock>;
  /** Installs the packages into an empty folder and verifies their hashes. */
  install(lock: Lock, prefix: string, wanted: Wanted): Promise<void>;
  close(): Promise<void>;
}
