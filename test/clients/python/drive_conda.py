"""Takes a conda environment from its creation to its end, with the client that openapi-generator makes of openapi/conda.json and the cookie of a session."""
import sys

import muster_conda as muster
from muster_conda.exceptions import UnauthorizedException

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
    print("gone back to:", generations.conda_roll_back_environment("data", muster.Rollback(generation=1)).generation)
    exported = generations.conda_export_environment("data", format="explicit")
    print("exported:", ["@EXPLICIT" in exported, "matplotlib" in exported])
    environments.conda_delete_environment("data")
    print("left:", len(environments.conda_list_environments()))
    muster.SessionsApi(client).conda_logout()
    try:
        environments.conda_list_environments()
    except UnauthorizedException as error:
        print("logged out:", error.status)
