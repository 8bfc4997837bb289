// Drive submits jobs with every form of constraint and runs a task of each executor with a secret. It follows logs, lists skipped slots and follows
// the stream of events. It uses the clients that ogen generates from openapi/gpu.json, cluster.json, tasks.json and audit.json.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-faster/jx"
	"muster.test/ogen/generated/audit"
	"muster.test/ogen/generated/cluster"
	"muster.test/ogen/generated/gpu"
	"muster.test/ogen/generated/tasks"
)

func main() {
	url, site := os.Args[1], os.Args[3]
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	token := logIn(ctx, url)
	driveJobs(ctx, must(cluster.NewClient(url, clusterToken(token))))
	driveTasks(ctx, must(tasks.NewClient(url, tasksToken(token))), site)
	driveEvents(ctx, must(audit.NewClient(url, auditToken(token))))
}

func logIn(ctx context.Context, url string) string {
	client := must(gpu.NewClient(url, noToken{}))
	answer, err := client.GpuLogin(ctx, &gpu.Login{Username: "admin", Password: "password123"})
	return as[*gpu.LoggedIn](answer, err).Token
}

func driveJobs(ctx context.Context, client *cluster.Client) {
	submit := func(id, command string, constraints cluster.JobConstraints) {
		group := cluster.TaskGroup{
			Name: "group",
			Tasks: []cluster.JobTask{{
				Name:      "lines",
				Config:    cluster.TaskConfig{Command: cluster.NewOptString(command)},
				Resources: cluster.NewOptResources(cluster.Resources{"cpu": 10, "memory": 16}),
			}},
			Constraints: []cluster.Constraint{
				{Attribute: "memory", Operator: cluster.ConstraintOperator(">"), Value: jx.Raw(`1000`)},
				{Attribute: "ip_address", Operator: cluster.ConstraintOperator("regex"), Value: jx.Raw(`"^127"`)},
			},
		}
		answer, err := client.ClusterSubmitJob(ctx, &cluster.JobSubmission{
			JobID:       cluster.NewOptString(id),
			TaskGroups:  []cluster.TaskGroup{group},
			Constraints: cluster.NewOptJobConstraints(constraints),
		}, cluster.ClusterSubmitJobParams{})
		as[*cluster.EvaluatedHeaders](answer, err)
	}
	get := func(id string) cluster.Job {
		answer, err := client.ClusterGetJob(ctx, cluster.ClusterGetJobParams{JobID: id})
		return as[*cluster.JobHeaders](answer, err).Response
	}
	submit("fits", "for n in 1 2 3; do echo line $n; sleep 0.2; done", cluster.JobConstraints{
		"os":     jx.Raw(`"linux"`),
		"cpu":    jx.Raw(`4000`),
		"memory": jx.Raw(`{"operator":">","value":1000}`),
	})
	submit("blocked", "true", cluster.JobConstraints{"memory": jx.Raw(`{"operator":">","value":1000000}`)})

	job := get("fits")
	for ; job.Status != cluster.JobStatusRunning && job.Status != cluster.JobStatusComplete; job = get("fits") {
		time.Sleep(50 * time.Millisecond)
	}
	answer, err := client.ClusterGetLogs(ctx, cluster.ClusterGetLogsParams{
		JobID:        "fits",
		AllocationID: job.Allocations[0].AllocationID,
		Follow:       cluster.NewOptBool(true),
	})
	text := must(io.ReadAll(as[*cluster.ClusterGetLogsOKTextPlainHeaders](answer, err).Response.Data))
	fmt.Println("the followed log:", strings.Join(strings.Fields(string(text)), " "))
	for ; job.Status != cluster.JobStatusComplete; job = get("fits") {
		time.Sleep(50 * time.Millisecond)
	}
	list, err := client.ClusterListJobs(ctx, cluster.ClusterListJobsParams{})
	for _, each := range as[*cluster.JobListHeaders](list, err).Response.Jobs {
		fmt.Printf("%s is %s:", each.JobID, each.Status)
		for _, name := range slices.Sorted(maps.Keys(each.Constraints)) {
			fmt.Printf(" %s %s", name, each.Constraints[name])
		}
		for _, constraint := range each.TaskGroups[0].Constraints {
			fmt.Printf(", %s %s %s", constraint.Attribute, constraint.Operator, constraint.Value)
		}
		fmt.Println()
	}
	for reason := range get("blocked").Blocked.Value.Reasons["group"].Filtered {
		fmt.Println("what blocks it:", reason)
	}
	none, err := client.ClusterGetJob(ctx, cluster.ClusterGetJobParams{JobID: "none"})
	fmt.Println("a job that is not there: 404", as[*cluster.ClusterGetJobNotFound](none, err).XMusterError.Value)
}

func driveTasks(ctx context.Context, client *tasks.Client, site string) {
	secret, err := client.TasksSetSecret(ctx, &tasks.SecretRequest{Value: "kept to ourselves"}, tasks.TasksSetSecretParams{Name: "word"})
	as[*tasks.SecretAnswerHeaders](secret, err)
	reference, plain := jx.Raw(`{"secret":"word"}`), jx.Raw(`"plain"`)
	create := func(request tasks.TaskRequest) string {
		answer, err := client.TasksCreateTask(ctx, &request, tasks.TasksCreateTaskParams{})
		return strconv.FormatInt(as[*tasks.TaskAnswerHeaders](answer, err).Response.Data.ID, 10)
	}
	environment := tasks.NewOptTaskRequestEnvironment(tasks.TaskRequestEnvironment{"WORD": reference, "PLAIN": plain})
	ids := []string{
		create(tasks.TaskRequest{
			Name:        "a",
			Executor:    tasks.TaskRequestExecutorShell,
			Command:     tasks.NewOptString(`echo "$PLAIN ${#WORD}"; sleep 0.2; echo done`),
			Environment: environment,
		}),
		create(tasks.TaskRequest{
			Name:     "b",
			Executor: tasks.TaskRequestExecutorHTTP,
			URL:      tasks.NewOptString(site),
			Headers:  tasks.NewOptTaskRequestHeaders(tasks.TaskRequestHeaders{"Authorization": reference, "X-Plain": plain}),
		}),
		create(tasks.TaskRequest{
			Name:        "c",
			Executor:    tasks.TaskRequestExecutorPython,
			Command:     tasks.NewOptString("-c"),
			Arguments:   []string{`import os; print(os.environ["PLAIN"], len(os.environ["WORD"]))`},
			Environment: environment,
		}),
	}
	page, err := client.TasksListTasks(ctx, tasks.TasksListTasksParams{})
	listed := as[*tasks.TaskPageHeaders](page, err).Response.Data
	slices.SortFunc(listed, func(one, other tasks.ScheduledTask) int { return strings.Compare(one.Name, other.Name) })
	for _, task := range listed {
		values := map[string]jx.Raw(task.Environment.Value)
		if task.Executor == tasks.ScheduledTaskExecutorHTTP {
			values = task.Headers.Value
		}
		fmt.Printf("task %s by %s:", task.Name, task.Executor)
		for _, name := range slices.Sorted(maps.Keys(values)) {
			fmt.Printf(" %s %s", name, values[name])
		}
		fmt.Println()
	}
	for _, id := range ids {
		trigger, err := client.TasksTriggerTask(ctx, tasks.OptTaskTrigger{}, tasks.TasksTriggerTaskParams{TaskID: id})
		runID := strconv.FormatInt(as[*tasks.TasksCancelRunOKHeaders](trigger, err).Response.Data.ID, 10)
		get := func() tasks.TaskRun {
			answer, err := client.TasksGetRun(ctx, tasks.TasksGetRunParams{TaskID: id, RunID: runID})
			return as[*tasks.TaskRunAnswerHeaders](answer, err).Response.Data
		}
		run := get()
		for ; run.Status == tasks.TaskRunStatusPending; run = get() {
			time.Sleep(50 * time.Millisecond)
		}
		logs, err := client.TasksGetRunLogs(ctx, tasks.TasksGetRunLogsParams{TaskID: id, RunID: runID, Follow: tasks.NewOptBool(true)})
		said := fields(as[*tasks.TasksGetRunLogsOKTextEventStreamHeaders](logs, err).Response.Data)
		for ; run.Status == tasks.TaskRunStatusRunning; run = get() {
			time.Sleep(50 * time.Millisecond)
		}
		fmt.Printf("its run: %s exit %d http %d: %s\n", run.Status, run.ExitCode.Value, run.HTTPStatus.Value, strings.Join(said, "; "))
	}
	driveSlots(ctx, client, create(tasks.TaskRequest{
		Name:     "d",
		Executor: tasks.TaskRequestExecutorShell,
		Command:  tasks.NewOptString("true"),
		Schedule: tasks.NewOptString("* * * * * *"),
	}))
	refused, err := client.TasksCreateTask(ctx, &tasks.TaskRequest{
		Name:     "e",
		Executor: tasks.TaskRequestExecutorShell,
		Command:  tasks.NewOptString("true"),
		Schedule: tasks.NewOptString("at noon"),
	}, tasks.TasksCreateTaskParams{})
	fmt.Println("a task that is refused: 400", as[*tasks.TasksCreateTaskBadRequest](refused, err).Response.Message)
}

// driveSlots lets a task fire, pauses it for two seconds, and lists its runs and skipped slots.
func driveSlots(ctx context.Context, client *tasks.Client, id string) {
	set := func(status tasks.TaskChangeStatus) {
		answer, err := client.TasksUpdateTask(ctx, &tasks.TaskChange{Status: tasks.NewOptTaskChangeStatus(status)}, tasks.TasksUpdateTaskParams{TaskID: id})
		as[*tasks.TaskAnswerHeaders](answer, err)
	}
	// On a busy machine a slot is also skipped because the run before it is unfinished.
	first := func(status tasks.TaskRunStatusFilter, reason tasks.TaskRunOrSlotReason) tasks.TaskRunOrSlot {
		for {
			answer, err := client.TasksListRuns(ctx, tasks.TasksListRunsParams{TaskID: id, Status: tasks.NewOptTaskRunStatusFilter(status)})
			for _, each := range as[*tasks.TaskRunPageHeaders](answer, err).Response.Data {
				if each.Reason.Value == reason {
					return each
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	run := first(tasks.TaskRunStatusFilterSuccess, "")
	set(tasks.TaskChangeStatusPaused)
	time.Sleep(2 * time.Second)
	set(tasks.TaskChangeStatusActive)
	slot := first(tasks.TaskRunStatusFilterSkipped, tasks.TaskRunOrSlotReasonPaused)
	set(tasks.TaskChangeStatusDisabled)
	fmt.Printf("a slot that ran: %s, has an id: %t, %s\n", run.Status, run.ID.Set, run.Message.Value)
	fmt.Printf("a slot that did not: %s, has an id: %t, %s\n", slot.Status, slot.ID.Set, slot.Reason.Value)
}

func driveEvents(ctx context.Context, client *audit.Client) {
	parameters := audit.AuditReadEventsParams{
		Job:    audit.NewOptString("fits"),
		Type:   audit.NewOptString("JobSubmitted,AllocationStarted,JobFinished"),
		Limit:  audit.NewOptInt32(3),
		Follow: audit.NewOptBool(true),
	}
	answer, err := client.AuditReadEvents(ctx, parameters)
	fmt.Print("events:")
	for lines := bufio.NewScanner(as[*audit.AuditReadEventsOKApplicationXNdjson](answer, err)); lines.Scan(); {
		fmt.Print(" ", typeOf(lines.Text()))
	}
	parameters.Format = audit.NewOptEventFormat(audit.EventFormatSse)
	answer, err = client.AuditReadEvents(ctx, parameters)
	fmt.Print("\nserver-sent events:")
	for _, data := range fields(as[*audit.AuditReadEventsOKTextEventStream](answer, err)) {
		fmt.Print(" ", typeOf(data))
	}
	fmt.Println()
}

func typeOf(event string) string {
	var seen struct{ Type string }
	if err := json.Unmarshal([]byte(event), &seen); err != nil {
		log.Fatal(err)
	}
	return seen.Type
}

// fields returns the data of server-sent events, each preceded by the name of its event if it has one.
func fields(stream io.Reader) []string {
	var found []string
	for lines := bufio.NewScanner(stream); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			found = append(found, "event "+name)
		} else if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && data != "" {
			found = append(found, data)
		}
	}
	return found
}

// as returns the response as the expected type, and ends the program if it has another type. API errors are response types, too.
func as[Expected any](answer any, err error) Expected {
	expected, ok := answer.(Expected)
	if err != nil || !ok {
		log.Fatalf("%T %+v %v", answer, answer, err)
	}
	return expected
}

func must[Value any](value Value, err error) Value {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
