import { NODE_CHANNELS, SERVER_CHANNELS, type NodeChannel } from '#domain/protocol/channels.js';

const ROOT = 'muster';

/** Encodes an id as one subject token. It uses base64url, because ids may contain dots, which separate tokens. */
export function subjectToken(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

export function idOfToken(token: string | undefined): string | undefined {
  if (token === undefined || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
  const id = Buffer.from(token, 'base64url').toString('utf8');
  return subjectToken(id) === token ? id : undefined;
}

/** The subject of each channel of a node. */
export const nodeSubjects = subjects(
  (subject) => (nodeId: string) => subject.replace('{node}', subjectToken(nodeId)),
);

export function inboxOf(nodeId: string): string {
  return `${ROOT}.inbox.${subjectToken(nodeId)}`;
}

/** The subject of each channel, for all nodes. */
export const SERVER_SUBJECTS = subjects((subject) => subject.replace('{node}', '*'));

function subjects<Result>(make: (subject: string) => Result): Readonly<Record<NodeChannel, Result>> {
  const entries = Object.entries(NODE_CHANNELS).map(([name, { subject }]) => [name, make(subject)]);
  return Object.fromEntries(entries) as Record<NodeChannel, Result>;
}

/** Queue group in which one of all servers replies to each request. */
export const SERVERS_QUEUE = 'muster-servers';

export const SEEN_SUBJECT = SERVER_CHANNELS.seen.subject;
export const WORKERS_SUBJECT = SERVER_CHANNELS.workers.subject;
export const PUBLISHER_SUBJECT = SERVER_CHANNELS.publisher.subject;

const EVENTS = `${ROOT}.events`;
export const ALL_EVENTS_SUBJECT = `${EVENTS}.>`;

/** Returns the subject of an event type. Category and type consist of letters and digits. */
export function eventSubject(category: string, type: string): string {
  return `${EVENTS}.${category}.${type}`;
}

const SCHEME = 'nats:';
const SEALED = '#sealed';

/** Returns the endpoint that a NATS registration records. No HTTP registration can use it. `sealed`: whether the registration was sealed. */
export function natsEndpoint(nodeId: string, sealed: boolean): string {
  return `${SCHEME}${ROOT}.node.${subjectToken(nodeId)}${sealed ? SEALED : ''}`;
}

export function isNatsEndpoint(endpoint: string): boolean {
  return endpoint.startsWith(SCHEME);
}

export function isSealedEndpoint(endpoint: string): boolean {
  return isNatsEndpoint(endpoint) && endpoint.endsWith(SEALED);
}
