import type { Backend } from '#domain/drivers/conda/index.js';

/** What an operator says of conda environments on a node. */
export interface CondaSettings {
  /** Which back end solves and builds; absent: the first that is found. */
  readonly backend?: Backend | undefined;
  /** Channels that are allowed: names, or http, https or file URLs. The first is not preferred: a task says its own order. */
  readonly channels: readonly string[];
  /** The folders, as in PATH, where back ends are looked for. */
  readonly searched: string;
  /** The Python index that packages of pip come from; absent: that of the tool. */
  readonly pipIndex?: string | undefined;
  /** Variables that builders get: a proxy, a CA. */
  readonly environment: Readonly<Record<string, string>>;
  /** `host=user:password` or `host=token`, by commas: what private channels and indexes ask for. */
  readonly credentials?: string | undefined;
  /** Seconds that a build may take. */
  readonly buildSeconds: number;
  /** What environments and packages may take of the disk, in bytes. */
  readonly cacheBytes: number;
}

/** Where channels that are named without a URL are. */
const NAMED_CHANNELS = 'https://conda.anaconda.org';

export const DEFAULT_CONDA: CondaSettings = {
  channels: ['conda-forge'],
  searched: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  environment: {},
  buildSeconds: 3600,
  cacheBytes: 20_000_000_000,
};

/** A channel as a URL without a slash at its end. */
export function channelUrl(channel: string): string {
  return (/^(https?|file):\/\//.test(channel) ? channel : `${NAMED_CHANNELS}/${channel}`).replace(/\/+$/, '');
}

/** conda's word for the system and the processor of this machine. */
export function condaPlatform(arch: string = process.arch): string {
  const known: Readonly<Record<string, string>> = { x64: 'linux-64', arm64: 'linux-aarch64', ppc64: 'linux-ppc64le', ia32: 'linux-32' };
  return known[arch] ?? `linux-${arch}`;
}
