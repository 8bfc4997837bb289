import { isIP } from 'node:net';
import { z } from 'zod';
import { parseEndpointList } from '#agents/drivers/http/endpoint-list.js';
import { nameIn } from '#agents/listener/index.js';
import { isAddressRange } from './address-range.js';
import { commaSeparated } from './comma-separated.js';

/** `host:port`, with IPv6 addresses in brackets. */
export const hostAndPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$/, 'must be host:port')
  .transform((text) => ({
    host: text.slice(0, text.lastIndexOf(':')).replace(/^\[|\]$/g, ''),
    port: Number(text.slice(text.lastIndexOf(':') + 1)),
  }))
  .refine(({ port: number }) => number <= 65_535, 'must end in a port');

/** Comma-separated names, with or without a port. */
export const hostNames = commaSeparated.refine(
  (names) => names.every((name) => nameIn(name) !== undefined),
  'must be host names or addresses, with or without a port, separated by commas',
);

/** Comma-separated addresses and ranges. A range of all addresses would make every client a trusted proxy, and is refused. */
export const addressRanges = commaSeparated.refine(
  (ranges) => ranges.every(isAddressRange),
  'must be addresses or ranges such as 10.0.0.0/8 (not /0), separated by commas',
);

/** Comma-separated hosts, and with `with ranges` also ranges of addresses. */
export const endpoints = (which: 'with ranges' | 'hosts alone') =>
  z.string().superRefine((text, context) => {
    try {
      const { ranges } = parseEndpointList(text);
      if (which === 'hosts alone' && ranges.length > 0)
        throw new Error('takes hosts, with or without a port, and no ranges');
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

/** Comma-separated hosts, with or without a port. */
export const hosts = endpoints('hosts alone').transform((text) => text.split(',').map((host) => host.trim()));

/** An address of this machine, such as one to publish ports on. */
export const ipAddress = z
  .string()
  .refine((text) => isIP(text) !== 0, 'must be an IP address, such as 127.0.0.1');
