export const AGENT_INFO = {
  info: {
    title: 'Muster: node agent',
    version: '1.0.0',
    description:
      'The API that servers use to call the agent on a node. Every error has the form `{"error": "…"}`.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:9000', description: 'An agent on this machine' }],
  tags: [{ name: 'allocations', description: 'Allocations on the node' }],
  components: {
    securitySchemes: {
      orderToken: {
        type: 'http' as const,
        scheme: 'bearer',
        description:
          'Token that servers derive from the secret of the node; required if the agent has a join token (`MUSTER_JOIN_TOKEN`)',
      },
    },
  },
};
