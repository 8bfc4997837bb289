import type { CondaBuild, Lock } from '#domain/drivers/conda/index.js';
import type { Packages } from '../packages.js';
import type { Downloads } from '../fetch/downloads.js';
import type { ToolUser } from '../tools/tool.js';

export interface BackEndHost {
  readonly program: string;
  readonly uv?: string | undefined;
  readonly platform: string;
  readonly finder: ToolUser;
  /** User that installs packages and may run their code. It therefore has no credentials and no proxy. */
  readonly installer: ToolUser;
  readonly downloads: Pick<Downloads, 'fetch'>;
  readonly packages: Pick<Packages, 'own' | 'lend' | 'keep'>;
  readonly cache: string;
  readonly pipIndex?: string | undefined;
  readonly say: (line: string) => void;
  readonly clean: (text: string) => string;
}

export type Wanted = Pick<CondaBuild, 'specs' | 'pip' | 'channels' | 'base'>;

export interface BackEnd {
  /** Resolves the request to a lock, including its pip packages. */
  solve(wanted: Wanted): Promise<Lock>;
  install(lock: Lock, prefix: string, wanted: Wanted): Promise<void>;
  close(): Promise<void>;
}
