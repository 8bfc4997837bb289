/** What a document says beside its routes. */
export const CLUSTER_INFO = {
  info: {
    title: 'Muster: cluster',
    version: '1.0.0',
    description: 'Jobs, nodes and templates. Every command answers with `X-Muster-Position`; a GET with `X-Muster-Min-Position` waits for it. Every error is `{"error": "…"}`.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'jobs', description: 'Jobs, their allocations and their logs' },
    { name: 'evaluations', description: 'What came of commands' },
    { name: 'nodes', description: 'Nodes, as operators see them' },
    { name: 'templates', description: 'Job templates' },
    { name: 'agents', description: 'What agents ask of the server' },
    { name: 'test', description: 'For tests only' },
  ],
  components: {
    securitySchemes: {
      joinToken: { type: 'http' as const, scheme: 'bearer', description: 'The join token, where one is set (`MUSTER_JOIN_TOKEN`)' },
      testApiKey: { type: 'apiKey' as const, in: 'header', name: 'X-API-Key', description: 'The test API key (`MUSTER_TEST_API_KEY`)' },
    },
  },
};

export const AUDIT_INFO = {
  info: {
    title: 'Muster: audit',
    version: '1.0.0',
    description: 'The history of everything, as it was written.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [{ name: 'history', description: 'Events' }],
};

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
      joinToken: { type: 'http' as const, scheme: 'bearer', description: 'The join token, where one is set (`MUSTER_JOIN_TOKEN`)' },
    },
  },
};

export const GPU_INFO = {
  info: {
    title: 'Muster: gpu',
    version: '1.0.0',
    description: 'Accounts, GPU nodes and claims of GPUs. Every error is `{"error": "…"}`. 401: nothing or nothing valid was sent; 403: the account may not do that; a foreign object is 404.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'auth', description: 'Registering, logging in and out' },
    { name: 'users', description: 'Accounts' },
    { name: 'api keys', description: 'Keys for programs' },
    { name: 'gpu nodes', description: 'Machines with GPUs' },
    { name: 'gpu claims', description: 'Containers with GPUs of their own' },
  ],
  components: {
    securitySchemes: {
      bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT', description: 'The token that logging in gave, or an API key' },
    },
  },
};
