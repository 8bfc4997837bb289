import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import muster.audit.api.HistoryApi;
import muster.audit.model.AllocationStartedEvent;
import muster.audit.model.AuditEvent;
import muster.audit.model.EventFormat;
import muster.audit.model.JobFinishedEvent;
import muster.audit.model.JobSubmittedEvent;
import muster.cluster.api.JobsApi;
import muster.cluster.model.Constraint;
import muster.cluster.model.Job;
import muster.cluster.model.JobSubmission;
import muster.cluster.model.JobTask;
import muster.cluster.model.TaskConfig;
import muster.cluster.model.TaskGroup;
import muster.gpu.api.AuthApi;
import muster.gpu.model.Login;
import muster.tasks.api.RunsApi;
import muster.tasks.api.SecretsApi;
import muster.tasks.api.TasksApi;
import muster.tasks.model.Failure;
import muster.tasks.model.ScheduledTask;
import muster.tasks.model.SecretRequest;
import muster.tasks.model.TaskChange;
import muster.tasks.model.TaskRequest;
import muster.tasks.model.TaskRun;
import muster.tasks.model.TaskRunOrSlot;
import muster.tasks.model.TaskRunStatusFilter;

/**
 * Submits jobs with every form of constraint and runs a task of each executor with a secret. It follows logs, lists skipped slots and follows the
 * stream of events. It uses the clients that openapi-generator generates from openapi/gpu.json, cluster.json, tasks.json and audit.json.
 */
final class DriveTasks {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    String url = arguments[0], site = arguments[2];
    muster.gpu.ApiClient gpu = new muster.gpu.ApiClient();
    gpu.updateBaseUri(url);
    String token = new AuthApi(gpu).gpuLogin(new Login().username("admin").password("password123")).getToken();
    Consumer<HttpRequest.Builder> authorize = request -> request.header("Authorization", "Bearer " + token);

    muster.cluster.ApiClient cluster = new muster.cluster.ApiClient();
    cluster.updateBaseUri(url);
    cluster.setRequestInterceptor(authorize);
    driveJobs(cluster);
    muster.tasks.ApiClient tasks = new muster.tasks.ApiClient();
    tasks.updateBaseUri(url);
    tasks.setRequestInterceptor(authorize);
    driveTasks(tasks, site);
    muster.audit.ApiClient audit = new muster.audit.ApiClient();
    audit.updateBaseUri(url);
    audit.setRequestInterceptor(authorize);
    driveEvents(audit);
  }

  private static void driveJobs(muster.cluster.ApiClient client) throws Exception {
    JobsApi jobs = new JobsApi(client);
    Map<String, Object> needs = Map.of("os", "linux", "cpu", 4000, "memory", Map.of("operator", ">", "value", 1000));
    submit(jobs, "fits", "for n in 1 2 3; do echo line $n; sleep 0.2; done", needs);
    submit(jobs, "blocked", "true", Map.of("memory", Map.of("operator", ">", "value", 1000000)));

    Job job = until(
        () -> jobs.clusterGetJob("fits", null, null),
        seen -> List.of(Job.StatusEnum.RUNNING, Job.StatusEnum.COMPLETE).contains(seen.getStatus()));
    Lines log = new Lines();
    client.setResponseInterceptor(log);
    JobsApi following = new JobsApi(client);
    client.setResponseInterceptor(null);
    following.clusterGetLogs("fits", job.getAllocations().get(0).getAllocationId(), null, null, true, null, null, null, null, null, null);
    System.out.println("the followed log: " + String.join(" ", log.seen));
    until(() -> jobs.clusterGetJob("fits", null, null), seen -> seen.getStatus() == Job.StatusEnum.COMPLETE);
    for (Job each : jobs.clusterListJobs(null, null, null, null, null).getJobs()) {
      StringBuilder line = new StringBuilder(each.getJobId() + " is " + each.getStatus().getValue() + ":" + inOrder(each.getConstraints()));
      for (Constraint need : each.getTaskGroups().get(0).getConstraints())
        line.append(", " + need.getAttribute() + " " + need.getOperator().getValue() + " " + JSON.writeValueAsString(need.getValue()));
      System.out.println(line);
    }
    for (String reason : jobs.clusterGetJob("blocked", null, null).getBlocked().getReasons().get("group").getFiltered().keySet())
      System.out.println("what blocks it: " + reason);
    try {
      jobs.clusterGetJob("none", null, null);
    } catch (muster.cluster.ApiException error) {
      System.out.println("a job that is not there: " + error.getCode() + " " + error.getResponseHeaders().firstValue("X-Muster-Error").orElseThrow());
    }
  }

  private static void submit(JobsApi jobs, String id, String command, Map<String, Object> constraints) throws Exception {
    JobTask task = new JobTask().name("lines").config(new TaskConfig().command(command)).resources(Map.of("cpu", 10L, "memory", 16L));
    List<Constraint> needs = List.of(
        new Constraint().attribute("memory").operator(Constraint.OperatorEnum.GREATER_THAN).value(1000),
        new Constraint().attribute("ip_address").operator(Constraint.OperatorEnum.REGEX).value("^127"));
    TaskGroup group = new TaskGroup().name("group").tasks(List.of(task)).constraints(needs);
    jobs.clusterSubmitJob(new JobSubmission().jobId(id).taskGroups(List.of(group)).constraints(constraints), null);
  }

  private static void driveTasks(muster.tasks.ApiClient client, String site) throws Exception {
    TasksApi tasks = new TasksApi(client);
    RunsApi runs = new RunsApi(client);
    new SecretsApi(client).tasksSetSecret("word", new SecretRequest().value("kept to ourselves"), null, null);
    Map<String, String> reference = Map.of("secret", "word");
    Map<String, Object> environment = Map.of("WORD", reference, "PLAIN", "plain");
    List<TaskRequest> requests = List.of(
        new TaskRequest()
            .name("a")
            .executor(TaskRequest.ExecutorEnum.SHELL)
            .command("echo \"$PLAIN ${#WORD}\"; sleep 0.2; echo done")
            .environment(environment),
        new TaskRequest().name("b").executor(TaskRequest.ExecutorEnum.HTTP).url(site).headers(Map.of("Authorization", reference, "X-Plain", "plain")),
        new TaskRequest()
            .name("c")
            .executor(TaskRequest.ExecutorEnum.PYTHON)
            .command("-c")
            .arguments(List.of("import os; print(os.environ[\"PLAIN\"], len(os.environ[\"WORD\"]))"))
            .environment(environment));
    List<String> ids = new ArrayList<>();
    for (TaskRequest request : requests) ids.add(String.valueOf(tasks.tasksCreateTask(request, null, null).getData().getId()));
    List<ScheduledTask> listed = new ArrayList<>(tasks.tasksListTasks(null, null, null, null, null, null, null, null, null, null, null).getData());
    listed.sort(Comparator.comparing(ScheduledTask::getName));
    for (ScheduledTask task : listed) {
      Map<String, Object> values = task.getExecutor() == ScheduledTask.ExecutorEnum.HTTP ? task.getHeaders() : task.getEnvironment();
      System.out.println("task " + task.getName() + " by " + task.getExecutor().getValue() + ":" + inOrder(values));
    }
    for (String id : ids) {
      String runId = String.valueOf(runs.tasksTriggerTask(id, null, null, null).getData().getId());
      Callable<TaskRun> get = () -> runs.tasksGetRun(id, runId, null, null).getData();
      until(get, seen -> seen.getStatus() != TaskRun.StatusEnum.PENDING);
      List<String> said = fields(followRun(client, id, runId));
      TaskRun run = until(get, seen -> !List.of(TaskRun.StatusEnum.PENDING, TaskRun.StatusEnum.RUNNING).contains(seen.getStatus()));
      System.out.println(
          "its run: " + run.getStatus().getValue() + " exit " + orZero(run.getExitCode()) + " http " + orZero(run.getHttpStatus()) + ": " + String.join("; ", said));
    }
    TaskRequest eachSecond = new TaskRequest().name("d").executor(TaskRequest.ExecutorEnum.SHELL).command("true").schedule("* * * * * *");
    driveSlots(tasks, runs, String.valueOf(tasks.tasksCreateTask(eachSecond, null, null).getData().getId()));
    try {
      tasks.tasksCreateTask(new TaskRequest().name("e").executor(TaskRequest.ExecutorEnum.SHELL).command("true").schedule("at noon"), null, null);
    } catch (muster.tasks.ApiException error) {
      Failure refused = client.getObjectMapper().readValue(error.getResponseBody(), Failure.class);
      System.out.println("a task that is refused: " + error.getCode() + " " + refused.getMessage());
    }
  }

  /** Lets a task fire, pauses it for two seconds, and lists its runs and skipped slots. */
  private static void driveSlots(TasksApi tasks, RunsApi runs, String id) throws Exception {
    TaskRunOrSlot run = first(runs, id, TaskRunStatusFilter.TaskRunStatusFilterSuccess, null);
    tasks.tasksUpdateTask(id, new TaskChange().status(TaskChange.StatusEnum.PAUSED), null, null);
    Thread.sleep(2000);
    tasks.tasksUpdateTask(id, new TaskChange().status(TaskChange.StatusEnum.ACTIVE), null, null);
    // On a busy machine a slot is also skipped because the run before it is unfinished.
    TaskRunOrSlot slot = first(runs, id, TaskRunStatusFilter.TaskRunStatusFilterSkipped, TaskRunOrSlot.ReasonEnum.PAUSED);
    tasks.tasksUpdateTask(id, new TaskChange().status(TaskChange.StatusEnum.DISABLED), null, null);
    System.out.println("a slot that ran: " + run.getStatus().getValue() + ", has an id: " + (run.getId() != null) + ", " + run.getMessage());
    System.out.println(
        "a slot that did not: " + slot.getStatus().getValue() + ", has an id: " + (slot.getId() != null) + ", " + slot.getReason().getValue());
  }

  private static TaskRunOrSlot first(RunsApi runs, String id, TaskRunStatusFilter status, TaskRunOrSlot.ReasonEnum reason) throws Exception {
    Callable<List<TaskRunOrSlot>> list = () -> runs
        .tasksListRuns(id, null, null, status, null, null, null, null)
        .getData()
        .stream()
        .filter(each -> each.getReason() == reason)
        .toList();
    return until(list, found -> !found.isEmpty()).get(0);
  }

  private static List<String> followRun(muster.tasks.ApiClient client, String taskId, String runId) throws Exception {
    Lines lines = new Lines();
    client.setResponseInterceptor(lines);
    RunsApi following = new RunsApi(client);
    client.setResponseInterceptor(null);
    following.tasksGetRunLogs(taskId, runId, true, null, null, null, null, null, null, null, null, null);
    return lines.seen;
  }

  private static void driveEvents(muster.audit.ApiClient client) throws Exception {
    System.out.println("events:" + typesOf(client, followEvents(client, null)));
    System.out.println("server-sent events:" + typesOf(client, fields(followEvents(client, EventFormat.EventFormatSse))));
  }

  private static List<String> followEvents(muster.audit.ApiClient client, EventFormat format) throws Exception {
    Lines lines = new Lines();
    client.setResponseInterceptor(lines);
    String types = "JobSubmitted,AllocationStarted,JobFinished";
    new HistoryApi(client).auditReadEvents(null, null, null, null, types, "fits", null, null, null, null, null, 3, true, format, null, null);
    return lines.seen;
  }

  /** Returns the types of these events. Throws if one does not parse as the model of its own type. */
  private static String typesOf(muster.audit.ApiClient client, List<String> events) throws JsonProcessingException {
    StringBuilder types = new StringBuilder();
    for (String event : events) {
      Object read = client.getObjectMapper().readValue(event, AuditEvent.class).getActualInstance();
      if (read instanceof JobSubmittedEvent submitted) types.append(" " + submitted.getType().getValue());
      else if (read instanceof AllocationStartedEvent started) types.append(" " + started.getType().getValue());
      else if (read instanceof JobFinishedEvent finished) types.append(" " + finished.getType().getValue());
      else throw new IllegalStateException("another event: " + event);
    }
    return types.toString();
  }

  /** Reads response lines as they arrive. It is an interceptor because the generated calls parse every stream as JSON. */
  private static final class Lines implements Consumer<HttpResponse<InputStream>> {
    final List<String> seen = new ArrayList<>();

    @Override
    public void accept(HttpResponse<InputStream> response) {
      // The body of an error response is left for the exception.
      if (response.statusCode() == 200)
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)).lines().forEach(seen::add);
    }
  }

  /** Returns the data of server-sent events, each preceded by the name of its event if it has one. */
  private static List<String> fields(List<String> stream) {
    List<String> found = new ArrayList<>();
    for (String line : stream) {
      if (line.startsWith("event: ")) found.add("event " + line.substring("event: ".length()));
      else if (line.startsWith("data: ") && !line.equals("data: ")) found.add(line.substring("data: ".length()));
    }
    return found;
  }

  /** Formats values of any type as JSON, sorted by name. */
  private static String inOrder(Map<String, Object> values) throws JsonProcessingException {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Object> each : new TreeMap<>(values).entrySet())
      text.append(" " + each.getKey() + " " + JSON.writeValueAsString(each.getValue()));
    return text.toString();
  }

  private static int orZero(Integer value) {
    return value == null ? 0 : value;
  }

  private static <Answer> Answer until(Callable<Answer> ask, Predicate<Answer> wanted) throws Exception {
    Answer answer = ask.call();
    while (!wanted.test(answer)) {
      Thread.sleep(50);
      answer = ask.call();
    }
    return answer;
  }
}
