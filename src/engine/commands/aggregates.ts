import { claimDecider, type ClaimCommand, type ClaimEvent, type ClaimsState } from '#domain/claim/index.js';
import { clusterDecider, type ClusterCommand, type ClusterFacts } from '#domain/cluster/decider.js';
import type { ClusterEvent } from '#domain/cluster/events.js';
import { counterDecider, type CounterCommand, type CounterEvent } from '#domain/counter/index.js';
import { enrolmentDecider, type EnrolmentCommand, type EnrolmentEvent, type EnrolmentState } from '#domain/enrolment/index.js';
import { CLUSTER_STREAM, plainState, streamName } from '#domain/event/index.js';
import type { MusterEvent } from '#domain/event-types/index.js';
import { jobDecider, type JobCommand, type JobState } from '#domain/job/decider.js';
import type { JobEvent } from '#domain/job/events.js';
import { reservationDecider, type NameSpace, type ReservationCommand, type ReservationEvent, type ReservationState } from '#domain/reservation/index.js';
import { sessionDecider, type SessionCommand, type SessionEvent, type SessionState } from '#domain/session/index.js';
import { templateDecider, type TemplateCommand, type TemplateState } from '#domain/template/decider.js';
import type { TemplateEvent } from '#domain/template/events.js';
import { tenantDecider, type TenantCommand, type TenantEvent, type TenantState } from '#domain/tenant/index.js';
import { userDecider, type UserCommand, type UserEvent, type UserState } from '#domain/user/index.js';
import type { Aggregate } from './executor.js';

export const jobs: Aggregate<JobCommand, JobEvent, JobState> = {
  name: 'job',
  stream: (jobId) => streamName('job', jobId),
  decider: jobDecider,
  state: plainState(1),
};

export const templates: Aggregate<TemplateCommand, TemplateEvent, TemplateState> = {
  name: 'template',
  stream: (templateId) => streamName('template', templateId),
  decider: templateDecider,
  state: plainState(1),
};

/** The one aggregate of its kind; its id is ignored. */
export const cluster: Aggregate<ClusterCommand, ClusterEvent, ClusterFacts> = {
  name: 'cluster',
  stream: () => CLUSTER_STREAM,
  outlivesClear: true,
  decider: clusterDecider,
};

export const users: Aggregate<UserCommand, UserEvent, UserState> = {
  name: 'user',
  stream: (userId) => streamName('user', userId),
  outlivesClear: true,
  decider: userDecider,
  state: plainState(1),
};

export const tenants: Aggregate<TenantCommand, TenantEvent, TenantState> = {
  name: 'tenant',
  stream: (tenantId) => streamName('tenant', tenantId),
  outlivesClear: true,
  decider: tenantDecider,
  state: plainState(1),
};

/** Sessions end with the cluster's data no more than accounts do. */
export const sessions: Aggregate<SessionCommand, SessionEvent, SessionState> = {
  name: 'session',
  stream: (sessionId) => streamName('session', sessionId),
  outlivesClear: true,
  decider: sessionDecider,
};

/** Who has which name; its id is the reservation, a keyed digest of the name. */
export const reservations: Readonly<Record<NameSpace, Aggregate<ReservationCommand, ReservationEvent, ReservationState>>> = {
  username: { name: 'username', stream: (reservation) => streamName('username', reservation), outlivesClear: true, decider: reservationDecider },
  email: { name: 'email', stream: (reservation) => streamName('email', reservation), outlivesClear: true, decider: reservationDecider },
};

/** Numbers by the name of what is counted. */
export const counters: Aggregate<CounterCommand, CounterEvent, null> = {
  name: 'counter',
  stream: (counter) => streamName('counter', counter),
  outlivesClear: true,
  decider: counterDecider,
  state: plainState(1),
};

/** Which machines nodes are, and by what they prove it. */
export const enrolments: Aggregate<EnrolmentCommand, EnrolmentEvent, EnrolmentState> = {
  name: 'enrolment',
  stream: (nodeId) => streamName('enrolment', nodeId),
  outlivesClear: true,
  decider: enrolmentDecider,
  state: plainState(1),
};

/** What each account claims; its id is the account's. Claims go with the cluster's data. */
export const claims: Aggregate<ClaimCommand, ClaimEvent, ClaimsState> = {
  name: 'gpuClaim',
  stream: (userId) => streamName('gpuClaim', userId),
  decider: claimDecider,
  state: plainState(1),
};

/** Any of them, where only its stream and its fold count. */
export type AnyAggregate = Aggregate<never, MusterEvent, unknown>;

/** All but nodes. */
export const AGGREGATES: readonly AnyAggregate[] = [jobs, templates, cluster, users, tenants, sessions, reservations.username, reservations.email, counters, enrolments, claims];
