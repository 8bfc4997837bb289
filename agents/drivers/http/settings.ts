import { z } from 'zod';
import { section, setting } from '#domain/kernel/settings/section.js';
import { parseEndpointList } from '../../platform/endpoint-list.js';
import { proxyVariables } from '../../platform/environment.js';

const endpoints = (which: 'with ranges' | 'hosts alone') =>
  z.string().superRefine((text, context) => {
    try {
      const { ranges } = parseEndpointList(text);
      if (which === 'hosts alone' && ranges.length > 0)
        throw new Error('must be hosts, with or without a port, not ranges');
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

const hosts = endpoints('hosts alone').transform((text) => text.split(',').map((host) => host.trim()));

export const reachSettings = section(
  {
    httpAllow: setting(
      'MUSTER_HTTP_ALLOW',
      endpoints('with ranges').optional(),
      "ranges and hosts that tasks' HTTP calls may reach from this node in addition to the Internet: `10.0.0.0/8,wiki.intern,localhost:3000`",
    ),
    registryAllow: setting(
      'MUSTER_REGISTRY_ALLOW',
      endpoints('with ranges').optional(),
      'ranges and hosts of image registries, in addition to the Internet and `MUSTER_HTTP_ALLOW`: `registry.intern:5000`',
    ),
    httpDeny: setting(
      'MUSTER_HTTP_DENY',
      hosts.optional(),
      "hosts, with or without a port, that tasks' HTTP calls and image pulls may never reach, in addition to Muster's own components: `localhost:8222`",
    ),
    httpProxy: setting(
      'MUSTER_HTTP_PROXY',
      z.url({ protocol: /^(https?|socks5)$/ }).optional(),
      "proxy through which tasks' HTTP calls and notifications reach the Internet from this node ([how](agent.md#http-calls-http))",
      { unset: 'unset: `HTTPS_PROXY` and `HTTP_PROXY`', secret: true },
    ),
  },
  ({ httpProxy, ...given }) => ({
    ...given,
    httpDeny: given.httpDeny ?? ([] as readonly string[]),
    httpProxies: {
      ...proxyVariables(),
      ...(httpProxy !== undefined && { HTTPS_PROXY: httpProxy, HTTP_PROXY: httpProxy }),
    },
  }),
);
