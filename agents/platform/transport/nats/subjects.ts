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

export const nodeSubjects = {
  register: (nodeId: string) => `${ROOT}.register.${subjectToken(nodeId)}`,
  heartbeat: (nodeId: string) => `${ROOT}.heartbeat.${subjectToken(nodeId)}`,
  desired: (nodeId: string) => `${ROOT}.desired.${subjectToken(nodeId)}`,
  document: (nodeId: string) => `${ROOT}.document.${subjectToken(nodeId)}`,
  orders: (nodeId: string) => `${ROOT}.node.${subjectToken(nodeId)}.orders`,
  query: (nodeId: string) => `${ROOT}.node.${subjectToken(nodeId)}.query`,
} as const;

export function inboxOf(nodeId: string): string {
  return `${ROOT}.inbox.${subjectToken(nodeId)}`;
}

export const SERVER_SUBJECTS = {
  register: `${ROOT}.register.*`,
  heartbeat: `${ROOT}.heartbeat.*`,
  desired: `${ROOT}.desired.*`,
  document: `${ROOT}.document.*`,
} as const;
/** Queue group in which one of all servers replies to each request. */
export const SERVERS_QUEUE = 'muster-servers';

/** Servers publish here which nodes have contacted them. */
export const SEEN_SUBJECT = `${ROOT}.seen`;
/** Servers publish here which workers have sent heartbeats to the tasks surface. */
export const WORKERS_SUBJECT = `${ROOT}.workers`;
/** Announces which server publishes the events, and its position. */
export const PUBLISHER_SUBJECT = `${ROOT}.publisher`;

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
