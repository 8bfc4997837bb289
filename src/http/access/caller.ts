export const CALLERS = [
  'nobody',
  'wrong token',
  'user',
  'other user',
  'tenant admin',
  'auditor',
  'admin',
  'other key',
  'node',
] as const;
export type Caller = (typeof CALLERS)[number];
