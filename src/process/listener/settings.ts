import { z } from 'zod';
import { LOCAL_ACCESS, nameIn } from '#agents/platform/listener/index.js';
import { isSocketUrl } from '#agents/platform/transport/server-address.js';
import { isLoopback } from '#agents/platform/loopback.js';
import { commaSeparated, flag, port } from '#domain/kernel/settings/kinds.js';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';
import { isAddressRange } from './address-range.js';

const hostNames = commaSeparated.refine(
  (names) => names.every((name) => nameIn(name) !== undefined),
  'must be host names or addresses, with or without a port, separated by commas',
);

/** Refuses a range of all addresses, because it would make every client a trusted proxy. */
const addressRanges = commaSeparated.refine(
  (ranges) => ranges.every(isAddressRange),
  'must be addresses or ranges such as 10.0.0.0/8 (not /0), separated by commas',
);

export const listenerSettings = section(
  {
    host: setting('MUSTER_HOST', z.string().min(1).default('127.0.0.1'), 'address that the API listens on'),
    port: setting('MUSTER_PORT', port.default(8080), 'port that the API listens on'),
    socket: setting(
      'MUSTER_LISTEN',
      z.string().refine(isSocketUrl, 'must be unix: and an absolute path of at most 107 bytes').optional(),
      'Unix socket that the API listens on too, for the user and group of the server: `unix:/run/muster/server.sock` ([why](#the-unix-socket))',
    ),
    allowedHosts: setting(
      'MUSTER_ALLOWED_HOSTS',
      hostNames.optional(),
      'additional host names that server and agent accept, with or without a port: `muster.example,core`',
    ),
    trustedProxies: setting(
      'MUSTER_TRUSTED_PROXIES',
      addressRanges.optional(),
      'addresses and ranges of proxies: `127.0.0.2,10.0.0.0/24` ([what this changes](#proxies))',
    ),
    proxyUsers: setting(
      'MUSTER_TRUSTED_PROXY_USER',
      commaSeparated.optional(),
      'users of proxies on this machine, in addition to root and the own user: names or uids, such as `www-data`, or `*` for all ([why](#proxies))',
    ),
    localAccess: setting(
      'MUSTER_LOCAL_ACCESS',
      z.enum(LOCAL_ACCESS).default('same-user'),
      'who needs no token on loopback: `same-user`, `open` or `token` ([what each means](#local-access))',
    ),
    openExecution: setting(
      'MUSTER_OPEN_EXECUTION',
      flag.optional(),
      'whether every account may run processes on workers. Otherwise, only administrators and accounts with this right may',
      { unset: '`true` on loopback without `MUSTER_ALLOWED_HOSTS`, else `false`' },
    ),
    registration: setting(
      'MUSTER_REGISTRATION',
      z.enum(['open', 'closed']).optional(),
      '`open`: anyone who can reach the API may create an account with the role `user`; `closed`: only administrators create accounts ([quotas](#self-registered-accounts))',
      { unset: '`open` on loopback without `MUSTER_ALLOWED_HOSTS`, else `closed`' },
    ),
  },
  (given) => ({
    ...given,
    allowedHosts: given.allowedHosts ?? [],
    trustedProxies: given.trustedProxies ?? [],
    proxyUsers: given.proxyUsers ?? [],
    openExecution: given.openExecution ?? isLocalOnly(given),
    openRegistration: given.registration === undefined ? isLocalOnly(given) : given.registration === 'open',
  }),
);

/** Host names of a proxy mean that other machines can reach the server, regardless of the address it listens on. */
function isLocalOnly({
  host,
  allowedHosts,
}: {
  readonly host: string;
  readonly allowedHosts?: readonly unknown[] | undefined;
}): boolean {
  return isLoopback(host) && allowedHosts === undefined;
}

export type ListenerSettings = SectionValue<typeof listenerSettings>;
