"""
Submits jobs with every form of constraint and runs a task of each executor with a secret. It follows logs, lists skipped slots and follows the stream of events.
It uses the clients that openapi-generator generates from openapi/gpu.json, cluster.json, tasks.json and audit.json.
"""
import json
import sys
import time

import muster_audit
import muster_cluster
import muster_gpu
import muster_tasks

url, language, site = sys.argv[1:]


def text(value):
    """Formats a value of any type as it is on the wire."""
    return json.dumps(value, separators=(",", ":"))


def wait(ready, interval=0.05):
    """Polls until the result is truthy, and returns it."""
    while not (answer := ready()):
        time.sleep(interval)
    return answer


def drive_jobs(client):
    jobs = muster_cluster.JobsApi(client)

    def submit(job_id, command, constraints):
        task = muster_cluster.JobTask(name="lines", config=muster_cluster.TaskConfig(command=command), resources={"cpu": 10, "memory": 16})
        needs = [
            muster_cluster.Constraint(attribute="memory", operator=">", value=1000),
            muster_cluster.Constraint(attribute="ip_address", operator="regex", value="^127"),
        ]
        group = muster_cluster.TaskGroup(name="group", tasks=[task], constraints=needs)
        jobs.cluster_submit_job(muster_cluster.JobSubmission(job_id=job_id, task_groups=[group], constraints=constraints))

    def reached(*statuses):
        job = jobs.cluster_get_job("fits")
        return job if job.status in statuses else None

    submit("fits", "for n in 1 2 3; do echo line $n; sleep 0.2; done", {"os": "linux", "cpu": 4000, "memory": {"operator": ">", "value": 1000}})
    submit("blocked", "true", {"memory": {"operator": ">", "value": 1000000}})
    job = wait(lambda: reached("running", "complete"))
    print("the followed log:", *jobs.cluster_get_logs("fits", job.allocations[0].allocation_id, follow=True).decode().split())
    wait(lambda: reached("complete"))
    for each in jobs.cluster_list_jobs().jobs:
        whole = " ".join(f"{name} {text(value)}" for name, value in sorted(each.constraints.items()))
        group = "".join(f", {need.attribute} {need.operator} {text(need.value)}" for need in each.task_groups[0].constraints)
        print(f"{each.job_id} is {each.status}: {whole}{group}")
    for reason in jobs.cluster_get_job("blocked").blocked.reasons["group"].filtered:
        print("what blocks it:", reason)
    try:
        jobs.cluster_get_job("none")
    except muster_cluster.exceptions.NotFoundException as error:
        print("a job that is not there:", error.status, error.headers["X-Muster-Error"])


def drive_tasks(client):
    tasks, runs = muster_tasks.TasksApi(client), muster_tasks.RunsApi(client)
    muster_tasks.SecretsApi(client).tasks_set_secret("word", muster_tasks.SecretRequest(value="kept to ourselves"))
    reference = {"secret": "word"}
    values = {"WORD": reference, "PLAIN": "plain"}
    code = 'import os; print(os.environ["PLAIN"], len(os.environ["WORD"]))'
    requests = [
        muster_tasks.TaskRequest(name="a", executor="shell", command='echo "$PLAIN ${#WORD}"; sleep 0.2; echo done', environment=values),
        muster_tasks.TaskRequest(name="b", executor="http", url=site, headers={"Authorization": reference, "X-Plain": "plain"}),
        muster_tasks.TaskRequest(name="c", executor="python", command="-c", arguments=[code], environment=values),
    ]
    ids = [str(tasks.tasks_create_task(request).data.id) for request in requests]
    for task in sorted(tasks.tasks_list_tasks().data, key=lambda task: task.name):
        sealed = task.headers if task.executor == "http" else task.environment
        print(f"task {task.name} by {task.executor}:", *(f"{name} {text(value)}" for name, value in sorted(sealed.items())))
    for task_id in ids:
        run_id = str(runs.tasks_trigger_task(task_id).data.id)

        def left(*statuses):
            run = runs.tasks_get_run(task_id, run_id).data
            return None if run.status in statuses else run

        wait(lambda: left("pending"))
        said = fields(runs.tasks_get_run_logs(task_id, run_id, follow=True))
        run = wait(lambda: left("pending", "running"))
        print(f"its run: {run.status} exit {run.exit_code or 0} http {run.http_status or 0}: {'; '.join(said)}")

    task_id = str(tasks.tasks_create_task(muster_tasks.TaskRequest(name="d", executor="shell", command="true", schedule="* * * * * *")).data.id)
    run = wait(lambda: runs.tasks_list_runs(task_id, status="success").data)[0]
    tasks.tasks_update_task(task_id, muster_tasks.TaskChange(status="paused"))
    time.sleep(2)
    tasks.tasks_update_task(task_id, muster_tasks.TaskChange(status="active"))
    # On a busy machine a slot is also skipped because the run before it is unfinished.
    slot = wait(lambda: [each for each in runs.tasks_list_runs(task_id, status="skipped").data if each.reason == "paused"])[0]
    tasks.tasks_update_task(task_id, muster_tasks.TaskChange(status="disabled"))
    print(f"a slot that ran: {run.status}, has an id: {text(run.id is not None)}, {run.message}")
    print(f"a slot that did not: {slot.status}, has an id: {text(slot.id is not None)}, {slot.reason}")
    try:
        tasks.tasks_create_task(muster_tasks.TaskRequest(name="e", executor="shell", command="true", schedule="at noon"))
    except muster_tasks.exceptions.BadRequestException as error:
        print("a task that is refused:", error.status, error.data.message)


def drive_events(client):
    history = muster_audit.HistoryApi(client)
    wanted = {"job": "fits", "type": "JobSubmitted,AllocationStarted,JobFinished", "limit": 3, "follow": True}
    lines = history.audit_read_events(**wanted).decode().splitlines()
    print("events:", *(type_of(line) for line in lines))
    print("server-sent events:", *(type_of(data) for data in fields(history.audit_read_events(**wanted, format="sse"))))


def type_of(event):
    """Returns the type of an event, parsed by the model of that type."""
    return muster_audit.AuditEvent.from_json(event).actual_instance.type


def fields(stream):
    """Returns the data of server-sent events, each preceded by the name of its event if it has one."""
    found = []
    for line in stream.decode().splitlines():
        if line.startswith("event: "):
            found.append("event " + line.removeprefix("event: "))
        elif line.startswith("data: ") and line != "data: ":
            found.append(line.removeprefix("data: "))
    return found


with muster_gpu.ApiClient(muster_gpu.Configuration(host=url)) as client:
    token = muster_gpu.AuthApi(client).gpu_login(muster_gpu.Login(username="admin", password="password123")).token
for package, part in ((muster_cluster, drive_jobs), (muster_tasks, drive_tasks), (muster_audit, drive_events)):
    with package.ApiClient(package.Configuration(host=url, access_token=token)) as client:
        part(client)
