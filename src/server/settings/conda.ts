import { z } from 'zod';
import type { CondaSettings } from '#agents/drivers/conda/index.js';
import { BACKENDS } from '#domain/drivers/conda/index.js';
import { commaSeparated } from './comma-separated.js';

const CHANNEL = /^([A-Za-z0-9][A-Za-z0-9._/-]*|(https?|file):\/\/[^\s@?#]+)$/;

const channels = commaSeparated.refine(
  (names) => names.length > 0 && names.every((name) => CHANNEL.test(name)),
  'must be names of channels, or http, https or file URLs without credentials, separated by commas',
);

const proxy = z.url({ protocol: /^(https?|socks5)$/ });

export const condaVariables = {
  MUSTER_CONDA_BACKEND: z.enum(BACKENDS).optional(),
  MUSTER_CONDA_CHANNELS: channels.optional(),
  MUSTER_CONDA_CACHE_GB: z.coerce.number().positive().max(1_000_000).optional(),
  MUSTER_CONDA_BUILD_SECONDS: z.coerce.number().int().min(1).max(86_400).optional(),
  MUSTER_CONDA_PIP_INDEX: z.url({ protocol: /^https?$/ }).optional(),
  MUSTER_CONDA_PROXY: proxy.optional(),
  MUSTER_CONDA_CA_FILE: z.string().startsWith('/', 'must be an absolute path').optional(),
  MUSTER_CONDA_CREDENTIALS: z
    .string()
    .regex(
      /^\s*[^=\s,]+=[^\s,]+(\s*,\s*[^=\s,]+=[^\s,]+)*\s*$/,
      'must be host=user:password or host=token, separated by commas',
    )
    .optional(),
};

const GIGABYTE = 1_000_000_000;
/** The environment variables that conda, mamba, rattler, uv and pip read. */
const PROXY_NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy', 'ALL_PROXY'];
const CA_NAMES = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'PIP_CERT',
  'MAMBA_SSL_VERIFY',
  'CONDA_SSL_VERIFY',
];

type Value = z.infer<z.ZodObject<typeof condaVariables>>;

export function condaSettings(value: Value): Partial<CondaSettings> {
  const each = (names: readonly string[], text: string | undefined) =>
    text === undefined ? {} : Object.fromEntries(names.map((name) => [name, text]));
  const environment = {
    ...each(PROXY_NAMES, value.MUSTER_CONDA_PROXY),
    ...each(CA_NAMES, value.MUSTER_CONDA_CA_FILE),
  };
  return {
    environment,
    ...(value.MUSTER_CONDA_BACKEND !== undefined && { backend: value.MUSTER_CONDA_BACKEND }),
    ...(value.MUSTER_CONDA_CHANNELS !== undefined && { channels: value.MUSTER_CONDA_CHANNELS }),
    ...(value.MUSTER_CONDA_CACHE_GB !== undefined && { cacheBytes: value.MUSTER_CONDA_CACHE_GB * GIGABYTE }),
    ...(value.MUSTER_CONDA_BUILD_SECONDS !== undefined && { buildSeconds: value.MUSTER_CONDA_BUILD_SECONDS }),
    ...(value.MUSTER_CONDA_PIP_INDEX !== undefined && { pipIndex: value.MUSTER_CONDA_PIP_INDEX }),
    ...(value.MUSTER_CONDA_CREDENTIALS !== undefined && { credentials: value.MUSTER_CONDA_CREDENTIALS }),
  };
}
