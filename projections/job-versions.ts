import { MODELS, type JobVersionDocument } from './documents.js';
import { projection } from './projection.js';

/** What each version of a job asked for; allocations name the version that they were placed from. */
export const jobVersions = projection<JobVersionDocument>({
  name: MODELS.jobVersions,
  version: 1,
  events: ['JobSubmitted', 'JobUpdated', 'JobRestarted', 'JobDeleted'],
  indexes: { job: (version) => version.jobId },
  keep: { index: 'job', newest: 20 },
  touches: (event) => {
    switch (event.type) {
      case 'JobSubmitted':
      case 'JobUpdated':
      case 'JobRestarted':
        return [jobVersionId(event.data.jobId, event.revision)];
      case 'JobDeleted':
        return [{ where: 'job', equals: event.data.jobId }];
      default:
        return [];
    }
  },
  evolve: (version, event) => {
    switch (event.type) {
      case 'JobSubmitted':
      case 'JobUpdated':
      case 'JobRestarted':
        return { jobId: event.data.jobId, version: event.revision, specification: event.data.specification };
      case 'JobDeleted':
        return undefined;
      default:
        return version;
    }
  },
});

export function jobVersionId(jobId: string, version: number): string {
  return `${jobId}@${version}`;
}
