export const SERVICES_DOCUMENT = {
  info: {
    title: 'Muster: services',
    version: '1.0.0',
    description:
      'Long-running services of tenants, and their accounts. Every error has the form `{"error": "…"}`. 400: invalid request, including a name that is already in use; 401: missing or invalid credential; 403: insufficient permissions.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'auth', description: 'Registration, login and refresh' },
    { name: 'users', description: 'Your own account' },
    { name: 'admin', description: 'Accounts, for administrators' },
    { name: 'services', description: 'Services, their deployments and versions' },
    { name: 'health', description: 'Health of the server' },
    { name: 'registries', description: 'Registry credentials for pulling images' },
    { name: 'templates', description: 'Service templates' },
    { name: 'volumes', description: 'Directories that outlive their services' },
  ],
};
