/**
 * HTTP status, message template, and a hint. In the template, `{name}` is replaced by the error's field, and `{name:node}` by that number of nodes:
 * "1 node", "2 nodes".
 */
export interface ErrorRow {
  readonly status: number;
  readonly template: string;
  readonly hint?: string;
}

/**
 * Errors shared by all surfaces. Other errors are declared next to their aggregates. If the cluster contract specifies a message, it is used here;
 * other surfaces translate codes into their own messages.
 */
export const ERRORS = {
  MUSTER_E_INVALID: { status: 400, template: '{field}: {problem}' },
  MUSTER_E_BODY_INVALID: {
    status: 400,
    template: 'body: {problem}',
    hint: 'Send a JSON object with Content-Type: application/json.',
  },
  MUSTER_E_BODY_TOO_LARGE: {
    status: 400,
    template: 'body: larger than {limit} bytes',
    hint: 'Split the job, or shorten the strings in it.',
  },
  MUSTER_E_ID_INVALID: { status: 400, template: 'Invalid {of} ID' },
  MUSTER_E_ROUTE_NOT_FOUND: { status: 404, template: 'no such resource: {method} {path}' },
  MUSTER_E_JOB_NOT_FOUND: { status: 404, template: '作业不存在' },
  MUSTER_E_JOB_NOT_STOPPED: { status: 400, template: '只能重启已停止的作业' },
  MUSTER_E_JOB_ARCHIVED: {
    status: 409,
    template: 'job {jobId} ended long ago and is archived',
    hint: 'Submit the job again to start a new one.',
  },
  MUSTER_E_JOB_VERSION_NOT_FOUND: {
    status: 404,
    template: 'version: job {jobId} has no version {version}',
    hint: 'GET /jobs/{jobId}/versions (muster job versions) lists them.',
  },
  MUSTER_E_JOB_VERSION_PRESENT: {
    status: 409,
    template: 'version: job {jobId} is already at version {version}',
    hint: 'Only a job that has ended or was stopped can be restarted.',
  },
  MUSTER_E_TEMPLATE_NOT_FOUND: { status: 404, template: '模板不存在' },
  MUSTER_E_NODE_NOT_FOUND: { status: 404, template: 'node not found: {nodeId}' },
  MUSTER_E_NODE_UNKNOWN: {
    status: 400,
    template: 'node_id: node {nodeId} is not registered',
    hint: 'Send POST /register first.',
  },
  MUSTER_E_NODE_HEARD: {
    status: 409,
    template:
      'node {nodeId} was last heard from {silent} s ago: drain it instead; a node can be declared down only after {timeout} s without a sign of life',
  },
  MUSTER_E_NODE_UP: {
    status: 409,
    template: 'node {nodeId} is up, so it would register again',
    hint: 'Drain the node, stop its agent, and wait until it is down.',
  },
  MUSTER_E_NODE_IN_USE: {
    status: 409,
    template: 'node {nodeId} has allocations that have not ended: {count}',
    hint: 'Wait until they have been placed elsewhere, or pass force=true (--force): they are then lost.',
  },
  MUSTER_E_NODE_STALE_EPOCH: {
    status: 409,
    template: 'node {nodeId} was registered again: epoch {epoch} has ended, the current one is {current}',
  },
  MUSTER_E_NODE_ID_IN_USE: {
    status: 409,
    template:
      'two agents have the id of node {nodeId}: the one at {holder} is the node, and the one at {address} is refused while that one is up',
    hint: 'Stop one of the two. If this machine was cloned, stop its agent, move its directory `agent` away, and set another MUSTER_NODE_ID if one is set.',
  },
  MUSTER_E_NODE_NOT_ONLINE: { status: 409, template: 'node {nodeId} is not online' },
  MUSTER_E_NODE_JOINED: {
    status: 409,
    template: 'node {nodeId} has joined the cluster: only unused names can be removed',
  },
  MUSTER_E_TOO_MANY_NODES: {
    status: 503,
    template: 'the limit of {limit:hostname} has been reached; an administrator can remove unused hostnames',
    hint: 'Raise MUSTER_MAX_ENROLLED_NODES, or remove unused names: DELETE /api/nodes/:id.',
  },
  MUSTER_E_NOTHING_TO_EXPLAIN: {
    status: 404,
    template: 'no object with the id {object} is known',
  },
  MUSTER_E_EVALUATION_NOT_FOUND: { status: 404, template: 'evaluation not found: {evaluationId}' },
  MUSTER_E_DOCUMENT_NOT_FOUND: { status: 404, template: 'there is no document {hash}' },
  MUSTER_E_LOG_NOT_KEPT: {
    status: 410,
    template: 'the log was removed: a node retains only the newest logs',
    hint: 'MUSTER_LOG_KEEP_COUNT, MUSTER_LOG_KEEP_PER_JOB, MUSTER_LOG_KEEP_HOURS and MUSTER_LOG_KEEP_MIB set how many its agent retains.',
  },
  MUSTER_E_COMMAND_REFUSED: { status: 409, template: 'the command was not run: {problem}' },
  MUSTER_E_COMMAND_NOT_FOUND: { status: 404, template: 'there is no such running command' },
  MUSTER_E_ALLOCATION_NOT_FOUND: { status: 404, template: 'Allocation not found' },
  MUSTER_E_NODES_UNREADABLE: { status: 500, template: '获取节点信息失败' },
  MUSTER_E_API_KEY_INVALID: { status: 401, template: 'Invalid API key' },
  MUSTER_E_UNAUTHORIZED: { status: 401, template: 'authorization required: {problem}' },
  MUSTER_E_CHALLENGE: {
    status: 428,
    template: 'the request must answer a fresh challenge: repeat it with that of X-Muster-Challenge',
  },
  MUSTER_E_HOST_UNKNOWN: {
    status: 421,
    template: 'Host: {host} is not a name of this server',
    hint: 'Add it to MUSTER_ALLOWED_HOSTS.',
  },
  MUSTER_E_ORIGIN_FOREIGN: {
    status: 403,
    template: 'not allowed: the request comes from a page with a different origin',
  },
  MUSTER_E_CREDENTIALS_WRONG: { status: 401, template: 'username or password is wrong' },
  MUSTER_E_ACCOUNT_INACTIVE: { status: 401, template: 'Account is inactive' },
  MUSTER_E_REFRESH_TOKEN_INVALID: { status: 401, template: 'Invalid refresh token' },
  MUSTER_E_FORBIDDEN: { status: 403, template: 'not allowed: {problem}' },
  MUSTER_E_REGISTRATION_CLOSED: {
    status: 403,
    template: 'registration is closed: ask an administrator for an account',
  },
  MUSTER_E_NOT_OPERATOR: {
    status: 403,
    template: 'not allowed: this requires an administrator, or an operator connection without a token or key',
    hint: 'Log in as an administrator; root and the server’s own user act as the operator with --no-token.',
  },
  MUSTER_E_RATE_LIMITED: { status: 429, template: 'too many {what}; try again in {retryAfter:second}' },
  MUSTER_E_USERNAME_TAKEN: { status: 409, template: 'username: is taken' },
  MUSTER_E_EMAIL_TAKEN: { status: 409, template: 'email: is taken' },
  MUSTER_E_USER_NOT_FOUND: { status: 404, template: 'user not found' },
  MUSTER_E_LAST_ADMINISTRATOR: {
    status: 409,
    template: 'this is the last active administrator',
    hint: 'Make another account an administrator first.',
  },
  MUSTER_E_API_KEY_NOT_FOUND: { status: 404, template: 'API key not found' },
  MUSTER_E_SESSION_NOT_FOUND: { status: 404, template: 'session not found' },
  MUSTER_E_IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    template: 'Idempotency-Key: was already used with a different body',
    hint: 'Use a new key for a new request.',
  },
  MUSTER_E_CONFLICT: { status: 503, template: 'too many concurrent changes to {stream}; try again' },
  MUSTER_E_OVERLOADED: { status: 503, template: 'overloaded: {what}; try again' },
  MUSTER_E_AGENT_UNREACHABLE: {
    status: 502,
    template: 'the agent of node {nodeId} did not respond: {problem}',
  },
  MUSTER_E_FAILED: { status: 500, template: 'Failed to {what}' },
  MUSTER_E_INTERNAL: { status: 500, template: 'internal error; see the log for request {requestId}' },

  MUSTER_E_WRONG_REVISION: { status: 409, template: 'stream {stream} is at {actual}, not at {expected}' },
  MUSTER_E_STREAM_DELETED: { status: 410, template: 'stream {stream} was deleted' },
  MUSTER_E_APPEND_TOO_LARGE: {
    status: 400,
    template: 'an append of {events:event} and {bytes} bytes exceeds the limits',
  },
  MUSTER_E_STORE_FULL: {
    status: 503,
    template: 'the disk of the event store is full; only reads are possible',
    hint: 'Free some space; commands will then be accepted again.',
  },
  MUSTER_E_EVENT_MALFORMED: {
    status: 500,
    template:
      'event {type} at position {position} (stream {stream}, revision {revision}) cannot be read: {problem}',
    hint: 'Muster did not write it like this. It is ignored; "muster verify" lists all such events.',
  },
  MUSTER_E_EVENT_NOT_UPCAST: {
    status: 500,
    template:
      'event {type} at position {position} (stream {stream}, revision {revision}) cannot be converted from version {version}: {problem}',
    hint: 'This is a defect of Muster: report it. The event itself is sound, and a release with a correction reads it. "muster verify" lists all such events.',
  },
  MUSTER_E_LOG_INCOMPLETE: {
    status: 503,
    template: 'only reads are possible: {problem}',
    hint: 'Put the right log back. Or accept the loss: stop the server, run "muster cluster begin-epoch", and start it again.',
  },
  MUSTER_E_STORE_BUSY: { status: 503, template: 'the event store has {queued:append} waiting; try again' },
  MUSTER_E_STORE_UNAVAILABLE: { status: 503, template: 'the event store cannot be reached: {problem}' },
  MUSTER_E_STORE_CORRUPT: {
    status: 500,
    template: 'the event store is damaged: {problem}',
    hint: 'Restore the latest backup.',
  },
  MUSTER_E_STORE_TOO_NEW: {
    status: 500,
    template: 'the event store has schema version {found}, but this version of Muster supports only {known}',
    hint: 'Start the newer version that wrote it.',
  },
  MUSTER_E_DATA_DIRECTORY_LOCKED: {
    status: 503,
    template: 'data directory {directory} is in use by process {pid}',
    hint: 'Stop that process, or set MUSTER_DATA_DIR to give this one a separate directory.',
  },
  MUSTER_E_DATA_KEY_WRONG: {
    status: 500,
    template: 'the data key cannot decrypt {store}: its keys were encrypted with a different data key',
    hint: 'Restore MUSTER_DATA_KEY or data.key as it was when the store was created.',
  },
  MUSTER_E_SEALING_KEY_MISSING: {
    status: 500,
    template:
      'the key of {subject} that is needed to decrypt this is not in {store}: another server has it, or it is lost',
    hint: 'Set the same MUSTER_MONGODB_URL for every server, so that they share their keys, or put the keys back.',
  },
  MUSTER_E_DATA_DIRECTORY_NOT_EMPTY: {
    status: 409,
    template: 'data directory {directory} is not empty',
    hint: 'Use a different directory, or add --force: existing files are set aside, not deleted.',
  },
  MUSTER_E_BACKUP_INVALID: { status: 400, template: '{directory}: {problem}' },
  MUSTER_E_EXPORT_INVALID: { status: 400, template: 'line {line} of the export: {problem}' },
  MUSTER_E_IMPORT_REFUSED: {
    status: 409,
    template: 'cannot import into this log: {problem}',
    hint: 'Import into an empty log, or into one that an earlier run of the same import started to fill.',
  },
  MUSTER_E_READ_MODEL_UNAVAILABLE: {
    status: 503,
    template: 'read model {model} cannot be served: {problem}',
  },
  MUSTER_E_HISTORY_OFF: {
    status: 409,
    template: 'history is disabled on this server',
    hint: 'MUSTER_HISTORY=on enables it; `muster events` always shows all events.',
  },
  MUSTER_E_AS_OF_TOO_LARGE: {
    status: 400,
    template: 'limit: more than {most} {what}; pass a limit or a filter',
  },
  MUSTER_E_HISTORY_PRUNED: {
    status: 410,
    template: 'the history is kept from {earliest} on, which is position {position}',
    hint: 'MUSTER_HISTORY_DAYS sets how long it is retained; `muster events` always shows all events.',
  },
  MUSTER_E_HISTORY_BUILDING: {
    status: 503,
    template: 'the history is being built: {percent} % done',
    hint: 'Try again later. Everything else is available in the meantime.',
  },
  MUSTER_E_BEFORE_LOG: { status: 404, template: 'no event was recorded before {moment}' },
  MUSTER_E_NOT_AS_OF: {
    status: 409,
    template: '{what} is not recorded, so its past is unknown',
  },
  MUSTER_E_RANGE_TOO_LARGE: {
    status: 400,
    template: 'from: more than {most} changes in this time range: choose a shorter one',
  },
  MUSTER_E_EVENT_NOT_FOUND: { status: 404, template: 'there is no event at position {position}' },
  MUSTER_E_OBJECT_UNKNOWN: {
    status: 404,
    template: 'no object with the id {object} is known',
  },
  MUSTER_E_READ_MODEL_UNKNOWN: { status: 404, template: 'there is no read model {model}' },
  MUSTER_E_READ_MODEL_CONTESTED: {
    status: 500,
    template: 'the read models were changed by another process: {problem}',
    hint: 'Stop the other process that uses this data directory.',
  },
  MUSTER_E_CLUSTER_LEVEL: {
    status: 503,
    template:
      'the cluster is at level {level}, but this version of Muster supports only {known}, so it does not write',
    hint: 'Start the newer version that raised it.',
  },
  MUSTER_E_EVENT_UNKNOWN: {
    status: 500,
    template: 'event type {type} version {version} is not supported by this version of Muster',
    hint: 'Start the newer version that wrote it.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
