// This program takes one job from its submission to its logs, with the client that oapi-codegen generates from openapi/cluster.json.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"muster.test/clients/cluster"
)

func main() {
	url, language := os.Args[1], os.Args[2]
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	client := must(cluster.NewClientWithResponses(url))

	command := "echo hello from " + language
	resources := cluster.Resources{"cpu": 10, "memory": 16}
	task := cluster.JobTask{Name: "hello", Config: cluster.TaskConfig{Command: &command}, Resources: &resources}
	job := cluster.JobSubmission{JobId: &language, TaskGroups: []cluster.TaskGroup{{Name: "group", Tasks: []cluster.JobTask{task}}}}
	submit := func() *cluster.Evaluated {
		return must(client.ClusterSubmitJobWithResponse(ctx, &cluster.ClusterSubmitJobParams{IdempotencyKey: &language}, job)).JSON200
	}
	get := func(id string) *cluster.ClusterGetJobResponse {
		return must(client.ClusterGetJobWithResponse(ctx, id, &cluster.ClusterGetJobParams{}))
	}
	first, seen := submit(), get(language).JSON200
	for ; seen.Status != "complete" && seen.Status != "failed"; seen = get(language).JSON200 {
		time.Sleep(200 * time.Millisecond)
	}
	fmt.Println("the job:", seen.Status)
	text := must(client.ClusterGetLogsWithResponse(ctx, language, seen.Allocations[0].AllocationId, &cluster.ClusterGetLogsParams{}))
	fmt.Println("its log:", strings.TrimSpace(string(text.Body)))
	if submit().EvaluationId == first.EvaluationId {
		fmt.Println("submitted again: the same evaluation")
	} else {
		fmt.Println("submitted again: another evaluation")
	}
	fmt.Println("a job that is not there:", get("none").StatusCode())
}

func must[Value any](value Value, err error) Value {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
