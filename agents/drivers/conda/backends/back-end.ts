import type { CondaBuild, Lock } from '#domain/drivers/conda/index.js';
import type { Packages } from '../packages.js';
import type { Downloads } from '../fetch/downloads.js';
import type { ToolUser } from '../tools/tool.js';

/** What a back end works with. */
export interface BackEndHost {
  readonly program: string;
  /** `uv`, where it is found. */
  readonly uv?: string | undefined;
  readonly platform: string;
  /** As whom it looks for packages: nothing of a package is run as this one. */
  readonly finder: ToolUser;
  /**
   * As whom it installs: code of packages may run as this one, so nothing that it could change serves another build, and it has no credential, no
   * proxy and no need of the network.
   */
  readonly installer: ToolUser;
  /** Fetches what is to be installed. */
  readonly downloads: Pick<Downloads, 'fetch'>;
  /** What it unpacks. */
  readonly packages: Pick<Packages, 'own' | 'lend' | 'keep'>;
  /** Where the finder may keep what it knows of channels and indexes, for the next build. */
  readonly cache: string;
  readonly pipIndex?: string | undefined;
  /** A line for the build's log. */
  readonly say: (line: string) => void;
  /** The same without secrets. */
  readonly clean: (text: string) => string;
}

/** What is wanted, with channels as URLs. */
export type Wanted = Pick<CondaBuild, 'specs' | 'pip' | 'channels' | 'base'>;

/** One way to find packages and put them into a folder. Throws a `BuildError` that names those of the wanted that it failed at. */
export interface BackEnd {
  /** The exact packages that fulfil what is wanted; without those of pip where pip is needed to find them, which `install` adds. */
  solve(wanted: Wanted): Promise<Lock>;
  /** Puts the packages into an empty folder, each checked by its hash. */
  install(lock: Lock, prefix: string, wanted: Wanted): Promise<void>;
  /** Lets go of what it has started. */
  close(): Promise<void>;
}
