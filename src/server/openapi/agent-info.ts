export const AGENT_INFO = {
  info: {
    title: 'Muster: node agent',
    version: '1.0.0',
    description: 'What a server asks of the agent on a node. Every error is `{"error": "…"}`.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:9000', description: 'An agent on this machine' }],
  tags: [{ name: 'allocations', description: 'What runs on the node' }],
  components: {
    securitySchemes: {
      orderToken: {
        type: 'http' as const,
        scheme: 'bearer',
        description: 'What servers make of the secret of the node; demanded where the agent has a join token (`MUSTER_JOIN_TOKEN`)',
      },
    },
  },
};
