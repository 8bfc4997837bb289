export const AUDIT_DOCUMENT = {
  info: {
    title: 'Muster: audit',
    version: '1.0.0',
    description: 'The complete event history, as recorded.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'history', description: 'Events' },
    { name: 'proof', description: 'Proof that the history was not altered' },
  ],
};
