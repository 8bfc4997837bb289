export const CALLERS = [
  'nobody',
  'wrong token',
  'user',
  'other user',
  'tenant admin',
  'admin',
  'other key',
  'node',
] as const;
export type Caller = (typeof CALLERS)[number];
