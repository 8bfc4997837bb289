/** HTTP status, message template (`{name}` is replaced by the error's field), and a hint. */
export interface ErrorRow {
  readonly status: number;
  readonly template: string;
  readonly hint?: string;
}

/**
 * Errors shared by all surfaces; the others are declared next to their aggregates. Where the cluster contract specifies
 * a message, it is used here; other surfaces translate codes into their own messages.
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
    hint: 'Split the job, or shorten its texts.',
  },
  MUSTER_E_ID_INVALID: { status: 400, template: 'Invalid {of} ID' },
  MUSTER_E_ROUTE_NOT_FOUND: { status: 404, template: 'no such resource: {method} {path}' },
  MUSTER_E_JOB_NOT_FOUND: { status: 404, template: '作业不存在' },
  MUSTER_E_JOB_NOT_STOPPED: { status: 400, template: '只能重启已停止的作业' },
  MUSTER_E_JOB_ARCHIVED: {
    status: 409,
    template: 'job {jobId} ended long ago and is archived',
    hint: 'Submit its id again: a new job begins.',
  },
  MUSTER_E_JOB_VERSION_NOT_FOUND: {
    status: 404,
    template: 'version: job {jobId} has no version {version}',
    hint: 'GET /jobs/{jobId}/versions (muster job versions) names those that it has.',
  },
  MUSTER_E_JOB_VERSION_PRESENT: {
    status: 409,
    template: 'version: job {jobId} is version {version} already',
    hint: 'One that has ended or was stopped is restarted.',
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
      'node {nodeId} was heard {silent} s ago: drain it instead; one that was silent for {timeout} s can be declared down',
  },
  MUSTER_E_NODE_STALE_EPOCH: {
    status: 409,
    template: 'node {nodeId} was registered again: epoch {epoch} is over, {current} holds',
  },
  MUSTER_E_NODE_NOT_ONLINE: { status: 409, template: 'node {nodeId} is not online' },
  MUSTER_E_NODE_JOINED: {
    status: 409,
    template: 'node {nodeId} has joined the cluster: only a name that nothing came of is forgotten',
  },
  MUSTER_E_TOO_MANY_NODES: {
    status: 503,
    template: 'no more hostnames are taken: {limit} are known; an administrator can make room',
    hint: 'Raise MUSTER_MAX_ENROLLED_NODES, or forget names that nothing came of: DELETE /api/nodes/:id.',
  },
  MUSTER_E_EVALUATION_NOT_FOUND: { status: 404, template: 'evaluation not found: {evaluationId}' },
  MUSTER_E_DOCUMENT_NOT_FOUND: { status: 404, template: 'no document is kept under {hash}' },
  MUSTER_E_LOG_NOT_KEPT: {
    status: 410,
    template: 'its log is no longer kept: a node keeps the newest ones',
    hint: 'MUSTER_LOG_KEEP_COUNT, MUSTER_LOG_KEEP_PER_JOB, MUSTER_LOG_KEEP_HOURS and MUSTER_LOG_KEEP_MIB of its agent say how many.',
  },
  MUSTER_E_ALLOCATION_NOT_FOUND: { status: 404, template: 'Allocation not found' },
  MUSTER_E_NODES_UNREADABLE: { status: 500, template: '获取节点信息失败' },
  MUSTER_E_API_KEY_INVALID: { status: 401, template: 'Invalid API key' },
  MUSTER_E_UNAUTHORIZED: { status: 401, template: 'authorization required: {problem}' },
  MUSTER_E_HOST_UNKNOWN: {
    status: 421,
    template: 'Host: {host} is not a name of this server',
    hint: 'Name it in MUSTER_ALLOWED_HOSTS.',
  },
  MUSTER_E_ORIGIN_FOREIGN: {
    status: 403,
    template: 'not allowed: the request comes from a page of another origin',
  },
  MUSTER_E_CREDENTIALS_WRONG: { status: 401, template: 'username or password is wrong' },
  MUSTER_E_ACCOUNT_INACTIVE: { status: 401, template: 'Account is inactive' },
  MUSTER_E_REFRESH_TOKEN_INVALID: { status: 401, template: 'Invalid refresh token' },
  MUSTER_E_FORBIDDEN: { status: 403, template: 'not allowed: {problem}' },
  MUSTER_E_REGISTRATION_CLOSED: {
    status: 403,
    template: 'registration is closed: an administrator makes accounts',
  },
  MUSTER_E_NOT_OPERATOR: {
    status: 403,
    template:
      'not allowed: this requires an administrator, or a connection of the operator that sends no token or key',
    hint: 'Log in as an administrator; root and the server’s own user act as the operator with --no-token.',
  },
  MUSTER_E_RATE_LIMITED: { status: 429, template: 'too many {what}; try again in {retryAfter} seconds' },
  MUSTER_E_USERNAME_TAKEN: { status: 409, template: 'username: is taken' },
  MUSTER_E_EMAIL_TAKEN: { status: 409, template: 'email: is taken' },
  MUSTER_E_USER_NOT_FOUND: { status: 404, template: 'user not found' },
  MUSTER_E_API_KEY_NOT_FOUND: { status: 404, template: 'API key not found' },
  MUSTER_E_SESSION_NOT_FOUND: { status: 404, template: 'session not found' },
  MUSTER_E_IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    template: 'Idempotency-Key: was used before with another body',
    hint: 'Use a new key for a new request.',
  },
  MUSTER_E_CONFLICT: { status: 503, template: 'too many concurrent changes to {stream}; try again' },
  MUSTER_E_OVERLOADED: { status: 503, template: 'overloaded: {what}; try again' },
  MUSTER_E_AGENT_UNREACHABLE: {
    status: 502,
    template: 'the agent of node {nodeId} did not answer: {problem}',
  },
  MUSTER_E_FAILED: { status: 500, template: 'Failed to {what}' },
  MUSTER_E_INTERNAL: { status: 500, template: 'internal error; see the log for request {requestId}' },

  MUSTER_E_WRONG_REVISION: { status: 409, template: 'stream {stream} is at {actual}, not at {expected}' },
  MUSTER_E_STREAM_DELETED: { status: 410, template: 'stream {stream} was deleted' },
  MUSTER_E_APPEND_TOO_LARGE: {
    status: 400,
    template: 'an append of {events} events and {bytes} bytes is over the bounds',
  },
  MUSTER_E_STORE_FULL: {
    status: 503,
    template: 'the event store has no space left on its disk; reads go on',
    hint: 'Free space; commands are taken again by themselves.',
  },
  MUSTER_E_STORE_BUSY: { status: 503, template: 'the event store has {queued} appends waiting; try again' },
  MUSTER_E_STORE_UNAVAILABLE: { status: 503, template: 'the event store cannot be reached: {problem}' },
  MUSTER_E_STORE_CORRUPT: {
    status: 500,
    template: 'the event store is damaged: {problem}',
    hint: 'Restore the newest backup.',
  },
  MUSTER_E_STORE_TOO_NEW: {
    status: 500,
    template: 'the event store has schema version {found}, this version of Muster knows {known}',
    hint: 'Start the newer version that wrote it.',
  },
  MUSTER_E_DATA_DIRECTORY_LOCKED: {
    status: 503,
    template: 'data directory {directory} is in use by process {pid}',
    hint: 'Stop that process, or give this one a directory of its own with MUSTER_DATA_DIR.',
  },
  MUSTER_E_DATA_KEY_WRONG: {
    status: 500,
    template: 'the data key does not open {store}: it is not the one that its keys were wrapped with',
    hint: 'Set MUSTER_DATA_KEY, or restore data.key, as it was when the store was made.',
  },
  MUSTER_E_SEALING_KEY_MISSING: {
    status: 500,
    template: 'the key of {subject} that sealed this is not in {store}: another server has it',
    hint: 'Set the same MUSTER_MONGODB_URL for every server, so that they share their keys.',
  },
  MUSTER_E_DATA_DIRECTORY_NOT_EMPTY: {
    status: 409,
    template: 'data directory {directory} is not empty',
    hint: 'Name another, or add --force: what is there is put aside, not deleted.',
  },
  MUSTER_E_BACKUP_INVALID: { status: 400, template: '{directory}: {problem}' },
  MUSTER_E_EXPORT_INVALID: { status: 400, template: 'line {line} of the export: {problem}' },
  MUSTER_E_IMPORT_REFUSED: {
    status: 409,
    template: 'the log takes no import: {problem}',
    hint: 'Import into an empty log, or one that an earlier run of the same import began.',
  },
  MUSTER_E_READ_MODEL_UNAVAILABLE: {
    status: 503,
    template: 'read model {model} cannot be served: {problem}',
  },
  MUSTER_E_READ_MODEL_UNKNOWN: { status: 404, template: 'there is no read model {model}' },
  MUSTER_E_READ_MODEL_CONTESTED: {
    status: 500,
    template: 'read model {model} is written by another engine: it is no longer at {expected}',
    hint: 'Stop the other process that uses this data directory.',
  },
  MUSTER_E_CLUSTER_LEVEL: {
    status: 503,
    template: 'the cluster is at level {level}, this version of Muster knows {known}: it writes nothing',
    hint: 'Start the newer version that raised it.',
  },
  MUSTER_E_EVENT_UNKNOWN: {
    status: 500,
    template: 'event type {type} version {version} is not known to this version of Muster',
    hint: 'Start the newer version that wrote it.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
