"""Takes one job from its submission to its logs, with the client that openapi-generator generates from openapi/cluster.json."""
import sys
import time

import muster_cluster as muster
from muster_cluster.exceptions import NotFoundException

url, language = sys.argv[1:]
with muster.ApiClient(muster.Configuration(host=url)) as client:
    jobs = muster.JobsApi(client)
    task = muster.JobTask(name="hello", config=muster.TaskConfig(command=f"echo hello from {language}"), resources={"cpu": 10, "memory": 16})
    job = muster.JobSubmission(job_id=language, task_groups=[muster.TaskGroup(name="group", tasks=[task])])
    first = jobs.cluster_submit_job(job, idempotency_key=language)
    while (seen := jobs.cluster_get_job(language)).status not in ("complete", "failed"):
        time.sleep(0.2)
    print("the job:", seen.status)
    print("its log:", jobs.cluster_get_logs(language, seen.allocations[0].allocation_id).decode().strip())
    again = jobs.cluster_submit_job(job, idempotency_key=language)
    print("submitted again:", "the same evaluation" if again.evaluation_id == first.evaluation_id else "another evaluation")
    try:
        jobs.cluster_get_job("none")
    except NotFoundException as error:
        print("a job that is not there:", error.status)
