"""Creates, uses and deletes a conda environment and a task with a session cookie, using the client generated from openapi/conda.json."""
import sys
import time

import muster_conda as muster
from muster_conda.exceptions import BadRequestException, UnauthorizedException

url, language = sys.argv[1:]
configuration = muster.Configuration(host=url)


def log_in(username):
    with muster.ApiClient(configuration) as client:
        opened = muster.SessionsApi(client).conda_login_with_http_info(muster.SessionLogin(username=username, password="password123"))
    print("logged in:", opened.data.user.username)
    return muster.ApiClient(configuration, cookie=opened.headers["set-cookie"].split(";")[0])


with log_in("admin") as admin:
    made = muster.SessionsApi(admin).conda_create_user(muster.AccountCreation(username=language, password="password123", is_admin=False))
    print("an account:", made.user.username)

with log_in(language) as client:
    environments, generations = muster.EnvironmentsApi(client), muster.GenerationsApi(client)
    creation = muster.EnvironmentCreation(name="data", packages=["numpy"])
    print("an environment:", environments.conda_create_environment(creation, idempotency_key=language).environment.name)
    print("created again:", environments.conda_create_environment(creation, idempotency_key=language).message)
    print("the list:", [each.name for each in environments.conda_list_environments()])
    print("its packages:", [each.name for each in environments.conda_get_environment("data").packages])
    installation = muster.PackageInstallation(packages=["matplotlib>=3.4.0"])
    print("installed:", environments.conda_install_packages("data", installation).installed_packages)
    print("its generations:", [each.generation for each in generations.conda_list_generations("data").generations])
    print("the difference:", [each.name for each in generations.conda_diff_generations("data", "1", "2").added])
    print("its log:", len(muster.BuildsApi(client).conda_get_generation_log("data", "1")) > 0)
    print("gone back to:", generations.conda_roll_back_environment("data", muster.Rollback(generation=1)).generation)
    exported = generations.conda_export_environment("data", format="explicit")
    print("exported:", ["@EXPLICIT" in exported, "matplotlib" in exported])
    tasks = muster.TasksApi(client)
    request = muster.CondaTaskRequest(script="import numpy\nprint(numpy.NAME)", conda_env="data", task_name="report", environment={"MODE": "night"})
    task = tasks.conda_create_task(request, idempotency_key=language + "-task").task
    print("a task:", [task.task_name, task.conda_env])
    number = str(task.task_id)
    while tasks.conda_get_task(number).task.status not in ("completed", "failed"):
        time.sleep(0.1)
    ended = tasks.conda_get_task(number)
    print("its execution:", [ended.latest_execution.status, ended.latest_execution.logs.strip(), str(ended.latest_execution.generation)])
    print("the tasks:", [each.task_name for each in tasks.conda_list_tasks()])
    print("the history:", [each.status for each in tasks.conda_get_task_history().data])
    print("the figures:", [str(tasks.conda_get_task_stats().total)])
    try:
        tasks.conda_stop_task(number)
    except BadRequestException as error:
        print("not stopped:", error.status)
    tasks.conda_delete_task(number)
    print("tasks left:", len(tasks.conda_list_tasks()))
    environments.conda_delete_environment("data")
    print("left:", len(environments.conda_list_environments()))
    muster.SessionsApi(client).conda_logout()
    try:
        environments.conda_list_environments()
    except UnauthorizedException as error:
        print("logged out:", error.status)
