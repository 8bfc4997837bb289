import java.util.List;
import muster.services.ApiClient;
import muster.services.ApiException;
import muster.services.api.AuthApi;
import muster.services.api.ServicesApi;
import muster.services.model.CreateServiceRequest;
import muster.services.model.LoginRequest;
import muster.services.model.RegisterRequest;
import muster.services.model.Service;
import muster.services.model.ServiceConfigInput;
import muster.services.model.ServiceConfigInputUpdate;
import muster.services.model.ServiceList;

/** Takes one service from its tenant's account to its deletion, with the client that openapi-generator generates from openapi/services.json. */
final class DriveServices {
  public static void main(String[] arguments) throws Exception {
    String url = arguments[0], language = arguments[1], password = "password of " + language;
    ApiClient client = new ApiClient();
    client.updateBaseUri(url);
    AuthApi auth = new AuthApi(client);
    RegisterRequest account = new RegisterRequest().username(language).email(language + "@example.com").password(password);
    System.out.println("an account: " + auth.servicesRegister(account, null).getUser().getUsername());
    String token = auth.servicesLogin(new LoginRequest().username(language).password(password)).getToken();
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));

    ServicesApi services = new ServicesApi(client);
    ServiceConfigInput config = new ServiceConfigInput().image("web:1").update(new ServiceConfigInputUpdate().minHealthySeconds(0));
    CreateServiceRequest wanted = new CreateServiceRequest().name("orders").type("web").config(config);
    Service made = services.servicesCreateService(wanted, language, null);
    System.out.println("made: " + made.getStatus().getValue());
    System.out.println("made again, the same: " + services.servicesCreateService(wanted, language, null).getId().equals(made.getId()));
    System.out.println("started: " + services.servicesStartService(made.getId(), null, null, null).getDeployment().getServiceId().equals(made.getId()));
    Service seen = services.servicesGetService(made.getId(), null, null);
    while (!List.of("running", "failed").contains(seen.getStatus().getValue())) {
      Thread.sleep(200);
      seen = services.servicesGetService(made.getId(), null, null);
    }
    System.out.println("it is: " + seen.getStatus().getValue());
    ServiceList list = services.servicesListServices(null, null, null, null, null, null);
    System.out.println("the list: " + list.getTotal() + " " + list.getServices().get(0).getDeployments().get(0).getStatus().getValue());
    services.servicesDeleteService(made.getId(), null, null, null);
    try {
      services.servicesGetService(made.getId(), null, null);
    } catch (ApiException error) {
      System.out.println("deleted: " + error.getCode());
    }
  }
}
