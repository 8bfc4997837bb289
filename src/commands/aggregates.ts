import { clusterDecider, type ClusterCommand } from '#domain/cluster/decider.js';
import type { ClusterEvent } from '#domain/cluster/events.js';
import { CLUSTER_STREAM, streamName } from '#domain/event/index.js';
import { jobDecider, type JobCommand, type JobState } from '#domain/job/decider.js';
import type { JobEvent } from '#domain/job/events.js';
import { templateDecider, type TemplateCommand, type TemplateState } from '#domain/template/decider.js';
import type { TemplateEvent } from '#domain/template/events.js';
import type { Aggregate } from './executor.js';

export const jobs: Aggregate<JobCommand, JobEvent, JobState> = {
  name: 'job',
  stream: (jobId) => streamName('job', jobId),
  decider: jobDecider,
};

export const templates: Aggregate<TemplateCommand, TemplateEvent, TemplateState> = {
  name: 'template',
  stream: (templateId) => streamName('template', templateId),
  decider: templateDecider,
};

/** The one aggregate of its kind; its id is ignored. */
export const cluster: Aggregate<ClusterCommand, ClusterEvent, null> = {
  name: 'cluster',
  stream: () => CLUSTER_STREAM,
  decider: clusterDecider,
};
