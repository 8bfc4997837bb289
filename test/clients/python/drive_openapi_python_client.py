"""Takes one job from its submission to its logs, with the client that openapi-python-client generates from openapi/cluster.json."""
import sys
import time
from typing import Any

from muster_cluster import Client
from muster_cluster.api.jobs import cluster_get_job, cluster_get_logs, cluster_submit_job
from muster_cluster.models import Evaluated, Job, JobSubmission, JobTask, Resources, TaskConfig, TaskGroup
from muster_cluster.types import File

url, language = sys.argv[1:]
# The generated calls require a client with a token, but operators on loopback need none.
client: Any = Client(base_url=url)
task = JobTask(name="hello", config=TaskConfig(command=f"echo hello from {language}"), resources=Resources.from_dict({"cpu": 10, "memory": 16}))
job = JobSubmission(job_id=language, task_groups=[TaskGroup(name="group", tasks=[task])])


def submit() -> Evaluated:
    answer = cluster_submit_job.sync(client=client, body=job, idempotency_key=language)
    assert isinstance(answer, Evaluated), answer
    return answer


def get() -> Job:
    answer = cluster_get_job.sync(language, client=client)
    assert isinstance(answer, Job), answer
    return answer


first = submit()
while (seen := get()).status not in ("complete", "failed"):
    time.sleep(0.2)
print("the job:", seen.status)
log = cluster_get_logs.sync(language, seen.allocations[0].allocation_id, client=client)
assert isinstance(log, File), log
print("its log:", log.payload.read().decode().strip())
print("submitted again:", "the same evaluation" if submit().evaluation_id == first.evaluation_id else "another evaluation")
print("a job that is not there:", int(cluster_get_job.sync_detailed("none", client=client).status_code))
