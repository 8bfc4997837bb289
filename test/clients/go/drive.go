// Drive takes one job from its submission to its logs, with the client that openapi-generator generates from openapi/cluster.json.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"muster.test/clients/generated/cluster"
)

func main() {
	url, language := os.Args[1], os.Args[2]
	configuration := cluster.NewConfiguration()
	configuration.Servers = cluster.ServerConfigurations{{URL: url}}
	jobs := cluster.NewAPIClient(configuration).JobsAPI
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()

	task := cluster.NewJobTask("hello", cluster.TaskConfig{Command: cluster.PtrString("echo hello from " + language)})
	task.SetResources(map[string]int64{"cpu": 10, "memory": 16})
	job := cluster.NewJobSubmission([]cluster.TaskGroup{*cluster.NewTaskGroup("group", []cluster.JobTask{*task})})
	job.SetJobId(language)
	first, _, err := jobs.ClusterSubmitJob(ctx).JobSubmission(*job).IdempotencyKey(language).Execute()
	stop(err)
	seen, _, err := jobs.ClusterGetJob(ctx, language).Execute()
	for stop(err); seen.Status != "complete" && seen.Status != "failed"; stop(err) {
		time.Sleep(200 * time.Millisecond)
		seen, _, err = jobs.ClusterGetJob(ctx, language).Execute()
	}
	fmt.Println("the job:", seen.Status)
	file, _, err := jobs.ClusterGetLogs(ctx, language, seen.Allocations[0].AllocationId).Execute()
	stop(err)
	text, err := io.ReadAll(file)
	stop(err)
	fmt.Println("its log:", strings.TrimSpace(string(text)))
	again, _, err := jobs.ClusterSubmitJob(ctx).JobSubmission(*job).IdempotencyKey(language).Execute()
	stop(err)
	if again.EvaluationId == first.EvaluationId {
		fmt.Println("submitted again: the same evaluation")
	} else {
		fmt.Println("submitted again: another evaluation")
	}
	if _, response, err := jobs.ClusterGetJob(ctx, "none").Execute(); err != nil {
		fmt.Println("a job that is not there:", response.StatusCode)
	}
}

func stop(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
