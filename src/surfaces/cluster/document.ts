export const CLUSTER_DOCUMENT = {
  info: {
    title: 'Muster: cluster',
    version: '1.0.0',
    description:
      'Jobs, nodes and templates. Every command returns `X-Muster-Position`; a GET with `X-Muster-Min-Position` waits for it. Every error is `{"error": "…"}`.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'jobs', description: 'Jobs, their allocations and their logs' },
    { name: 'evaluations', description: 'Results of commands' },
    { name: 'nodes', description: 'Nodes and their operation' },
    { name: 'templates', description: 'Job templates' },
    { name: 'agents', description: 'Requests from agents to the server' },
    { name: 'test', description: 'For tests only' },
  ],
};
