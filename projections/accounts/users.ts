import { reservationEvents } from '#domain/accounts/reservation/events.js';
import { userEvents } from '#domain/accounts/user/events.js';
import type { UserRegistration } from '#domain/accounts/user/registration.js';
import { only } from '#domain/kernel/event/index.js';
import { projection } from '#domain/kernel/projection.js';
import type { Role } from '#domain/accounts/user/role.js';

/**
 * `users`, id = user id. Outlives clears. Personal data is sealed; passwords and API keys are not included. Indexes: `tenant`, `unsettled`
 * (`pending`: reserved and not registered yet; `erased`: its key must be deleted).
 */
export interface UserDocument {
  readonly userId: string;
  readonly number: number | null;
  readonly reservation: string;
  readonly username: string;
  readonly email: string | null;
  readonly fullName: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly role: Role;
  readonly tenantId: string;
  readonly active: boolean;
  readonly erased: boolean;
  readonly execute: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const EVENTS = {
  ...only(reservationEvents, 'NameReserved', 'NameReleased'),
  ...only(userEvents, 'UserRegistered', 'UserRoleChanged', 'UserProfileChanged', 'ExecutionGranted'),
  ...only(userEvents, 'ExecutionRevoked', 'UserDeactivated', 'UserReactivated', 'UserErased'),
};

export const users = projection<UserDocument, typeof EVENTS>({
  name: 'users',
  version: 3,
  outlivesClear: true,
  events: EVENTS,
  indexes: {
    tenant: (user) => user.tenantId,
    unsettled: (user) => (user.number === null ? 'pending' : user.erased ? 'erased' : undefined),
  },
  touches: ({ data }) => ['ownerId' in data ? data.ownerId : data.userId],
  evolve: (user, event) => {
    const { at } = event.metadata;
    switch (event.type) {
      case 'NameReserved':
        return (
          user ??
          (event.data.registration === undefined ? undefined : begun(event.data.registration, null, at))
        );
      case 'NameReleased':
        return user?.number === null && event.data.reservation === user.reservation ? undefined : user;
      case 'UserRegistered':
        return begun(event.data, event.data.number, at);
      case 'UserRoleChanged':
        return user && { ...user, role: event.data.role, updatedAt: at };
      case 'UserProfileChanged': {
        const { email, firstName, lastName } = event.data;
        const profile = {
          ...(email !== undefined && { email }),
          ...(firstName !== undefined && { firstName }),
          ...(lastName !== undefined && { lastName }),
        };
        return user && { ...user, ...profile, updatedAt: at };
      }
      case 'ExecutionGranted':
        return user && { ...user, execute: true, updatedAt: at };
      case 'ExecutionRevoked':
        return user && { ...user, execute: false, updatedAt: at };
      case 'UserDeactivated':
        return user && { ...user, active: false, updatedAt: at };
      case 'UserReactivated':
        return user && { ...user, active: true, updatedAt: at };
      case 'UserErased':
        return user && { ...user, active: false, erased: true, updatedAt: at };
    }
  },
});

function begun(registration: UserRegistration, number: number | null, at: number): UserDocument {
  const {
    userId,
    usernameReservation,
    username,
    email,
    fullName,
    firstName,
    lastName,
    role,
    tenantId,
    execute,
  } = registration;
  return {
    userId,
    number,
    reservation: usernameReservation,
    username,
    email: email ?? null,
    fullName: fullName ?? null,
    firstName: firstName ?? null,
    lastName: lastName ?? null,
    role,
    tenantId,
    active: number !== null,
    erased: false,
    execute: execute ?? false,
    createdAt: at,
    updatedAt: at,
  };
}
