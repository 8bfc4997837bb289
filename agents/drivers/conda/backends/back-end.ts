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
  readonly cache: string;
  readonly pipIndex?: string | undefined;
  readonly say: (line: string) => void;
  readonly clean: (text: string) => string;
}

export type Wanted = Pick<CondaBuild, 'specs' | 'pip' | 'channels' | 'base'>;

/** One way to find and install packages. Failures are `BuildError`s that name the affected packages. */
export interface BackEnd {
  /** Solves the request. If pip is needed to find pip packages, `install` adds them later. */
  solve(wanted: Wanted): Promise<Lock>;
  install(lock: Lock, prefix: string, wanted: Wanted): Promise<void>;
  close(): Promise<void>;
}
