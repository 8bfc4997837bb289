import java.util.List;
import java.util.Map;
import java.util.Scanner;
import muster.cluster.ApiClient;
import muster.cluster.ApiException;
import muster.cluster.api.JobsApi;
import muster.cluster.model.Evaluated;
import muster.cluster.model.Job;
import muster.cluster.model.JobSubmission;
import muster.cluster.model.JobTask;
import muster.cluster.model.TaskConfig;
import muster.cluster.model.TaskGroup;

/** Takes one job from its submission to its logs, with the client that openapi-generator generates from openapi/cluster.json. */
final class Drive {
  public static void main(String[] arguments) throws Exception {
    String url = arguments[0], language = arguments[1];
    ApiClient client = new ApiClient();
    client.updateBaseUri(url);
    JobsApi jobs = new JobsApi(client);

    JobTask task = new JobTask().name("hello").config(new TaskConfig().command("echo hello from " + language)).resources(Map.of("cpu", 10L, "memory", 16L));
    JobSubmission job = new JobSubmission().jobId(language).taskGroups(List.of(new TaskGroup().name("group").tasks(List.of(task))));
    Evaluated first = jobs.clusterSubmitJob(job, language);
    Job seen = jobs.clusterGetJob(language, null, null);
    while (!List.of("complete", "failed").contains(seen.getStatus().getValue())) {
      Thread.sleep(200);
      seen = jobs.clusterGetJob(language, null, null);
    }
    System.out.println("the job: " + seen.getStatus().getValue());
    String allocation = seen.getAllocations().get(0).getAllocationId();
    // The generated call parses every stream as JSON, so an interceptor reads it first.
    StringBuilder log = new StringBuilder();
    client.setResponseInterceptor(response -> log.append(new Scanner(response.body()).nextLine()));
    new JobsApi(client).clusterGetLogs(language, allocation, null, null, null, null, null, null, null, null, null);
    System.out.println("its log: " + log);
    Evaluated again = jobs.clusterSubmitJob(job, language);
    System.out.println("submitted again: " + (again.getEvaluationId().equals(first.getEvaluationId()) ? "the same evaluation" : "another evaluation"));
    try {
      jobs.clusterGetJob("none", null, null);
    } catch (ApiException error) {
      System.out.println("a job that is not there: " + error.getCode());
    }
  }
}
