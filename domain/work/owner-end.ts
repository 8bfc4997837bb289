/** How the account that owned something ended. */
export const OWNER_ENDS = ['erased', 'deactivated'] as const;
export type OwnerEndKind = (typeof OWNER_ENDS)[number];

/** The end of an account that owns services or tasks. They, and environments, are ended, or handed to `heir`, an account of the same tenant. */
export interface OwnerEnd {
  readonly how: OwnerEndKind;
  readonly userId: string;
  readonly heir?: string;
}

interface AccountEvent {
  readonly type: 'UserErased' | 'UserDeactivated';
  readonly data: { readonly userId: string; readonly heir?: string | undefined };
}

export function ownerEndOf({ type, data: { userId, heir } }: AccountEvent): OwnerEnd {
  return {
    how: type === 'UserErased' ? 'erased' : 'deactivated',
    userId,
    ...(heir !== undefined && { heir }),
  };
}

/** Returns why something was ended, as the end of a sentence that begins with "because". */
export function ownerEndWords(how: OwnerEndKind): string {
  return `the account that owns it was ${how}`;
}
