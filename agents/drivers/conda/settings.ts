import type { Backend } from '#domain/drivers/conda/index.js';

export interface CondaSettings {
  readonly backend?: Backend | undefined;
  /** Allowed channels: names, or http, https or file URLs. Their order is not a preference; a task defines its own. */
  readonly channels: readonly string[];
  readonly searched: string;
  readonly pipIndex?: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** `host=user:password` or `host=token`, separated by commas, for private channels and indexes. */
  readonly credentials?: string | undefined;
  readonly buildSeconds: number;
  readonly cacheBytes: number;
}

/** Base URL of channels that are named without a URL. */
const NAMED_CHANNELS = 'https://conda.anaconda.org';

export const DEFAULT_CONDA: CondaSettings = {
  channels: ['conda-forge'],
  searched: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  environment: {},
  buildSeconds: 3600,
  cacheBytes: 20_000_000_000,
};

export function channelUrl(channel: string): string {
  return (/^(https?|file):\/\//.test(channel) ? channel : `${NAMED_CHANNELS}/${channel}`).replace(/\/+$/, '');
}

export function condaPlatform(arch: string = process.arch): string {
  const known: Readonly<Record<string, string>> = {
    x64: 'linux-64',
    arm64: 'linux-aarch64',
    ppc64: 'linux-ppc64le',
    ia32: 'linux-32',
  };
  return known[arch] ?? `linux-${arch}`;
}
