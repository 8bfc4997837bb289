import { lock, MAX_LOCK_BYTES, lockText, type Lock } from '#domain/drivers/conda/index.js';
import { BuildError } from '../tools/build-error.js';

export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly subdir: string;
  readonly url: string;
  readonly sha256: string | null;
  readonly size: number | null;
}

export interface Found {
  readonly platform: string;
  readonly channels: readonly string[];
  readonly found: readonly FoundPackage[];
  readonly pip?: Lock['pip'];
  /** Python version. Used only if the conda packages do not include Python. */
  readonly python?: string | undefined;
}

export function lockOf({ platform, channels, found, pip = [], python }: Found): Lock {
  const used: string[] = [];
  const packages = [...found].sort(byName).map(({ name, version, build, subdir, url, sha256, size }) => {
    const own = withoutCredentials(url);
    const channel = channels.find((each) => own.startsWith(`${withoutCredentials(each)}/${subdir}/`));
    if (channel === undefined)
      throw new BuildError('solve', `${own} is not from any of the channels ${channels.join(', ')}`);
    if (sha256 === null || sha256 === '')
      throw new BuildError('solve', `${own} has no SHA-256 in the index of its channel`);
    const bare = withoutCredentials(channel);
    if (!used.includes(bare)) used.push(bare);
    const file = own.slice(own.lastIndexOf('/') + 1);
    const plain = file === `${name}-${version}-${build}.conda`;
    return {
      name,
      version,
      build,
      subdir,
      sha256,
      size: size ?? 0,
      channel: used.indexOf(bare),
      ...(!plain && { file: decodeURIComponent(file) }),
    };
  });
  const own = found.find(({ name }) => name === 'python')?.version ?? python;
  const parsed = lock.safeParse({
    version: 1,
    platform,
    ...(own !== undefined && { python: own }),
    channels: used,
    packages,
    pip: [...pip].sort(byName),
  });
  if (!parsed.success)
    throw new BuildError(
      'solve',
      `the result of the solver is not a valid lock: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
    );
  if (Buffer.byteLength(lockText(parsed.data)) > MAX_LOCK_BYTES)
    throw new BuildError(
      'solve',
      `${packages.length + pip.length} packages are too many for one environment`,
    );
  return parsed.data;
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

/** Removes credentials from a URL. They belong to the node and must not be part of a lock. */
export function withoutCredentials(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1').replace(/\/t\/[^/]+\//, '/');
}
