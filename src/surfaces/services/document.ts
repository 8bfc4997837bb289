export const SERVICES_DOCUMENT = {
  info: {
    title: 'Muster: services',
    version: '1.0.0',
    description:
      'Long-running services of tenants, and the accounts that have them. Every error is `{"error": "…"}`. 400: what was sent cannot be, a taken name too; 401: nothing or nothing valid was sent; 403: the account may not do that.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'auth', description: 'Registering, logging in and staying so' },
    { name: 'users', description: "One's own account" },
    { name: 'admin', description: 'Accounts, for administrators' },
    { name: 'services', description: 'Services, their deployments and versions' },
    { name: 'health', description: 'How the server is' },
    { name: 'registries', description: 'Credentials of registries, with which images are pulled' },
    { name: 'templates', description: 'What services are made of' },
    { name: 'volumes', description: 'Folders that outlive their services' },
  ],
};
