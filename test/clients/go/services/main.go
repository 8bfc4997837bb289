// Services takes one service from its tenant's account to its deletion, with the client that openapi-generator generates from openapi/services.json.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"muster.test/clients/generated/services"
)

func main() {
	url, language := os.Args[1], os.Args[2]
	configuration := services.NewConfiguration()
	configuration.Servers = services.ServerConfigurations{{URL: url}}
	client := services.NewAPIClient(configuration)
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()

	password := "password of " + language
	account, _, err := client.AuthAPI.ServicesRegister(ctx).RegisterRequest(*services.NewRegisterRequest(language, language+"@example.com", password)).Execute()
	stop(err)
	fmt.Println("an account:", account.User.Username)
	login, _, err := client.AuthAPI.ServicesLogin(ctx).LoginRequest(*services.NewLoginRequest(language, password)).Execute()
	stop(err)
	configuration.AddDefaultHeader("Authorization", "Bearer "+login.Token)

	config := services.NewServiceConfigInput()
	config.SetImage("web:1")
	config.SetUpdate(services.ServiceConfigInputUpdate{MinHealthySeconds: services.PtrInt32(0)})
	wanted := *services.NewCreateServiceRequest("orders", "web", *config)
	made, _, err := client.ServicesAPI.ServicesCreateService(ctx).CreateServiceRequest(wanted).IdempotencyKey(language).Execute()
	stop(err)
	fmt.Println("made:", made.Status)
	again, _, err := client.ServicesAPI.ServicesCreateService(ctx).CreateServiceRequest(wanted).IdempotencyKey(language).Execute()
	stop(err)
	fmt.Println("made again, the same:", again.Id == made.Id)
	started, _, err := client.ServicesAPI.ServicesStartService(ctx, made.Id).Execute()
	stop(err)
	fmt.Println("started:", started.Deployment.ServiceId == made.Id)
	seen, _, err := client.ServicesAPI.ServicesGetService(ctx, made.Id).Execute()
	for stop(err); seen.Status != "running" && seen.Status != "failed"; stop(err) {
		time.Sleep(200 * time.Millisecond)
		seen, _, err = client.ServicesAPI.ServicesGetService(ctx, made.Id).Execute()
	}
	fmt.Println("it is:", seen.Status)
	list, _, err := client.ServicesAPI.ServicesListServices(ctx).Execute()
	stop(err)
	fmt.Println("the list:", list.Total, list.Services[0].Deployments[0].Status)
	_, _, err = client.ServicesAPI.ServicesDeleteService(ctx, made.Id).Execute()
	stop(err)
	if _, response, err := client.ServicesAPI.ServicesGetService(ctx, made.Id).Execute(); err != nil {
		fmt.Println("deleted:", response.StatusCode)
	}
}

func stop(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
