export const GPU_DOCUMENT = {
  info: {
    title: 'Muster: gpu',
    version: '1.0.0',
    description:
      'Accounts, GPU nodes and GPU claims. Every error is `{"error": "…"}`. 401: missing or invalid credential; 403: the account is not allowed to do that. Objects that the account may not see return 404.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'auth', description: 'Registration, login and logout' },
    { name: 'users', description: 'Accounts' },
    { name: 'api keys', description: 'API keys for programs' },
    { name: 'gpu nodes', description: 'Machines with GPUs' },
    { name: 'gpu claims', description: 'Containers with their own GPUs' },
  ],
};
