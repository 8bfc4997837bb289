export const CONSOLE_DOCUMENT = {
  info: {
    title: 'Muster: console',
    version: '1.0.0',
    description:
      'The API of the web console: the caller, compact lists with totals, and changes as they happen. Callers see only what their account may see.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'session', description: 'The caller' },
    { name: 'lists', description: 'Compact lists' },
    { name: 'changes', description: 'Changes as they happen' },
  ],
};
