"""Takes one service from its tenant's account to its deletion, with the client that openapi-generator generates from openapi/services.json."""
import sys
import time

import muster_services as muster
from muster_services.exceptions import NotFoundException

url, language = sys.argv[1:]
with muster.ApiClient(muster.Configuration(host=url)) as client:
    auth, services = muster.AuthApi(client), muster.ServicesApi(client)
    password = f"password of {language}"
    account = auth.services_register(muster.RegisterRequest(username=language, email=f"{language}@example.com", password=password))
    print("an account:", account.user.username)
    client.configuration.access_token = auth.services_login(muster.LoginRequest(username=language, password=password)).token

    config = muster.ServiceConfigInput(image="web:1", update=muster.ServiceConfigInputUpdate(min_healthy_seconds=0))
    wanted = muster.CreateServiceRequest(name="orders", type="web", config=config)
    made = services.services_create_service(wanted, idempotency_key=language)
    print("made:", made.status)
    print("made again, the same:", services.services_create_service(wanted, idempotency_key=language).id == made.id)
    print("started:", services.services_start_service(made.id).deployment.service_id == made.id)
    while (seen := services.services_get_service(made.id)).status not in ("running", "failed"):
        time.sleep(0.2)
    print("it is:", seen.status)
    listed = services.services_list_services()
    print("the list:", listed.total, listed.services[0].deployments[0].status)
    services.services_delete_service(made.id)
    try:
        services.services_get_service(made.id)
    except NotFoundException as error:
        print("deleted:", error.status)
