import { z } from 'zod';
import { BACKENDS, type Backend } from '#domain/drivers/conda/index.js';
import { commaSeparated } from '#domain/kernel/settings/kinds.js';
import { withoutUndefined } from '#domain/kernel/without-undefined.js';
import { section, setting } from '#domain/kernel/settings/section.js';
import { proxyVariables, variable } from '../../platform/environment.js';

export interface CondaSettings {
  readonly backend?: Backend | undefined;
  /** Allowed channels: names, or http, https or file URLs. Their order does not define a preference, because each task sets its own order. */
  readonly channels: readonly string[];
  readonly searched: string;
  readonly pipIndex?: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials?: string | undefined;
  readonly buildSeconds: number;
  readonly cacheBytes: number;
}

const NAMED_CHANNELS = 'https://conda.anaconda.org';

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

const CHANNEL = /^([A-Za-z0-9][A-Za-z0-9._/-]*|(https?|file):\/\/[^\s@?#]+)$/;
const GIGABYTE = 1_000_000_000;

const channels = commaSeparated.refine(
  (names) => names.length > 0 && names.every((name) => CHANNEL.test(name)),
  'must be channel names or http, https or file URLs without credentials, separated by commas',
);

const credentials = z
  .string()
  .regex(
    /^\s*[^=\s,]+=[^\s,]+(\s*,\s*[^=\s,]+=[^\s,]+)*\s*$/,
    'must be host=user:password or host=token, separated by commas',
  );

const builders = {
  backend: setting(
    'MUSTER_CONDA_BACKEND',
    z.enum(BACKENDS).optional(),
    'the tool that builds [conda environments](agent.md#conda-environments-conda) on this node: `micromamba`, `mamba`, `conda`, `rattler` or `venv`',
    { unset: 'unset: the first one found' },
  ),
  channels: setting(
    'MUSTER_CONDA_CHANNELS',
    channels.prefault('conda-forge'),
    'channels that environments may use: names, or http, https or file URLs',
  ),
  cacheGigabytes: setting(
    'MUSTER_CONDA_CACHE_GB',
    z.coerce.number().positive().max(1_000_000).default(20),
    'maximum disk space of environments and packages on the node, in 10^9 bytes',
  ),
  buildSeconds: setting(
    'MUSTER_CONDA_BUILD_SECONDS',
    z.coerce.number().int().min(1).max(86_400).default(3600),
    'timeout for building an environment on this node',
  ),
  pipIndex: setting(
    'MUSTER_CONDA_PIP_INDEX',
    z.url({ protocol: /^https?$/ }).optional(),
    'Python index for pip packages',
    { unset: "unset: the tool's default" },
  ),
  proxy: setting(
    'MUSTER_CONDA_PROXY',
    z.url({ protocol: /^(https?|socks5)$/ }).optional(),
    'proxy through which builds reach channels and the index',
    { unset: 'unset: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`' },
  ),
  caFile: setting(
    'MUSTER_CONDA_CA_FILE',
    z.string().startsWith('/', 'must be an absolute path').optional(),
    'PEM file of the certificate authorities that builds trust, readable by all users',
    { unset: 'unset: `SSL_CERT_FILE`' },
  ),
  credentials: setting(
    'MUSTER_CONDA_CREDENTIALS',
    credentials.optional(),
    "credentials for private channels and the index: `host[:port]=user:password` or `host[:port]=token`. Without a port, they apply to the ports of the node's channels and index on that host",
    { secret: true },
  ),
};

const PROXY_NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy', 'ALL_PROXY'];
const CA_NAMES = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'PIP_CERT',
  'MAMBA_SSL_VERIFY',
  'CONDA_SSL_VERIFY',
];

export const condaDriverSettings = section(
  builders,
  ({
    cacheGigabytes,
    proxy,
    caFile = variable('SSL_CERT_FILE'),
    ...given
  }): {
    readonly conda: CondaSettings;
  } => {
    const each = (names: readonly string[], text: string | undefined) =>
      text === undefined ? {} : Object.fromEntries(names.map((name) => [name, text]));
    // The fetcher trusts these certificates in addition to its own, while the tools trust only their file.
    const extra = variable('NODE_EXTRA_CA_CERTS') ?? caFile;
    return {
      conda: {
        ...given,
        searched: variable('PATH') ?? '/usr/local/bin:/usr/bin:/bin',
        cacheBytes: cacheGigabytes * GIGABYTE,
        environment: {
          ...(proxy === undefined ? withoutUndefined(proxyVariables()) : each(PROXY_NAMES, proxy)),
          ...each(CA_NAMES, caFile),
          ...(extra !== undefined && { NODE_EXTRA_CA_CERTS: extra }),
        },
      },
    };
  },
);
