export const GPU_DOCUMENT = {
  info: {
    title: 'Muster: gpu',
    version: '1.0.0',
    description:
      'Accounts, GPU nodes and claims of GPUs. Every error is `{"error": "…"}`. 401: nothing or nothing valid was sent; 403: the account may not do that; a foreign object is 404.',
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
};
