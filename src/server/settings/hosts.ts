import { isIP } from 'node:net';
import { z } from 'zod';
import { parseEndpointList } from '#agents/drivers/http/endpoint-list.js';
import { nameIn } from '#agents/listener/index.js';
import { isAddressRange } from './address-range.js';
import { commaSeparated } from './comma-separated.js';

/** `host:port`, an IPv6 address in brackets. */
export const hostAndPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$/, 'must be host:port')
  .transform((text) => ({ host: text.slice(0, text.lastIndexOf(':')).replace(/^\[|\]$/g, ''), port: Number(text.slice(text.lastIndexOf(':') + 1)) }))
  .refine(({ port: number }) => number <= 65_535, 'must end in a port');

/** Names with or without a port, separated by commas. */
export const hostNames = commaSeparated.refine(
  (names) => names.every((name) => nameIn(name) !== undefined),
  'must be host names or addresses, with or without a port, separated by commas',
);

/** Addresses and ranges of addresses. One that holds all addresses would make everybody a proxy. */
export const addressRanges = commaSeparated.refine(
  (ranges) => ranges.every(isAddressRange),
  'must be addresses or ranges such as 10.0.0.0/8 (not /0), separated by commas',
);

/** Ranges of addresses and hosts, or hosts alone. */
export const endpoints = (which: 'with ranges' | 'hosts alone') =>
  z.string().superRefine((text, context) => {
    try {
      const { ranges } = parseEndpointList(text);
      if (which === 'hosts alone' && ranges.length > 0) throw new Error('takes hosts, with or without a port, and no ranges');
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

/** Hosts with or without a port, separated by commas. */
export const hosts = endpoints('hosts alone').transform((text) => text.split(',').map((host) => host.trim()));

/** An address of this machine, such as one that ports are published on. */
export const ipAddress = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address, such as 127.0.0.1');
