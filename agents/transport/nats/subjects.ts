/** All subjects begin with this. */
const ROOT = 'muster';

/** Ids may hold dots, which separate a subject's tokens: base64url of their bytes is always one token. */
export function subjectToken(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

/** The id behind a subject's token; undefined where it is none. */
export function idOfToken(token: string | undefined): string | undefined {
  if (token === undefined || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
  const id = Buffer.from(token, 'base64url').toString('utf8');
  return subjectToken(id) === token ? id : undefined;
}

/** Subjects of the messages between servers and the agent of one node. */
export const nodeSubjects = {
  register: (nodeId: string) => `${ROOT}.register.${subjectToken(nodeId)}`,
  heartbeat: (nodeId: string) => `${ROOT}.heartbeat.${subjectToken(nodeId)}`,
  desired: (nodeId: string) => `${ROOT}.desired.${subjectToken(nodeId)}`,
  document: (nodeId: string) => `${ROOT}.document.${subjectToken(nodeId)}`,
  orders: (nodeId: string) => `${ROOT}.node.${subjectToken(nodeId)}.orders`,
  query: (nodeId: string) => `${ROOT}.node.${subjectToken(nodeId)}.query`,
} as const;

/** Where answers to an agent's requests come. */
export function inboxOf(nodeId: string): string {
  return `${ROOT}.inbox.${subjectToken(nodeId)}`;
}

/** What agents ask of servers, whichever node it is. */
export const SERVER_SUBJECTS = {
  register: `${ROOT}.register.*`,
  heartbeat: `${ROOT}.heartbeat.*`,
  desired: `${ROOT}.desired.*`,
  document: `${ROOT}.document.*`,
} as const;
/** Of all servers one answers. */
export const SERVERS_QUEUE = 'muster-servers';

/** Servers tell each other which nodes they heard. */
export const SEEN_SUBJECT = `${ROOT}.seen`;
/** And which workers that send heartbeats to the tasks surface. */
export const WORKERS_SUBJECT = `${ROOT}.workers`;
/** Which server publishes the events, and how far it is. */
export const PUBLISHER_SUBJECT = `${ROOT}.publisher`;

const EVENTS = `${ROOT}.events`;
/** Every published event. */
export const ALL_EVENTS_SUBJECT = `${EVENTS}.>`;

/** Where events of a type are published; category and type are letters and digits. */
export function eventSubject(category: string, type: string): string {
  return `${EVENTS}.${category}.${type}`;
}

const SCHEME = 'nats:';
const SEALED = '#sealed';

/** What a registration over NATS records as the node's endpoint: not a URL that anybody could register over HTTP. `sealed`: the registration was. */
export function natsEndpoint(nodeId: string, sealed: boolean): string {
  return `${SCHEME}${ROOT}.node.${subjectToken(nodeId)}${sealed ? SEALED : ''}`;
}

/** Whether a node's agent is reached over NATS. */
export function isNatsEndpoint(endpoint: string): boolean {
  return endpoint.startsWith(SCHEME);
}

/** Whether what is sent to a node's agent over NATS is sealed: its registration was. */
export function isSealedEndpoint(endpoint: string): boolean {
  return isNatsEndpoint(endpoint) && endpoint.endsWith(SEALED);
}
