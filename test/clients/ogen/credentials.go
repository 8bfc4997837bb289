package main

import (
	"context"

	"github.com/ogen-go/ogen/ogenerrors"
	"muster.test/ogen/generated/audit"
	"muster.test/ogen/generated/cluster"
	"muster.test/ogen/generated/gpu"
	"muster.test/ogen/generated/tasks"
)

// Each of these sends a login token and skips the other credentials that its document defines.
type (
	clusterToken string
	tasksToken   string
	auditToken   string
)

// noToken sends no credentials. The login request uses it.
type noToken struct{}

func (noToken) Bearer(context.Context, gpu.OperationName) (gpu.Bearer, error) {
	return gpu.Bearer{}, ogenerrors.ErrSkipClientSecurity
}

func (token clusterToken) Bearer(context.Context, cluster.OperationName) (cluster.Bearer, error) {
	return cluster.Bearer{Token: string(token)}, nil
}

func (clusterToken) ApiKey(context.Context, cluster.OperationName) (cluster.ApiKey, error) {
	return cluster.ApiKey{}, ogenerrors.ErrSkipClientSecurity
}

func (clusterToken) JoinToken(context.Context, cluster.OperationName) (cluster.JoinToken, error) {
	return cluster.JoinToken{}, ogenerrors.ErrSkipClientSecurity
}

func (clusterToken) TestApiKey(context.Context, cluster.OperationName) (cluster.TestApiKey, error) {
	return cluster.TestApiKey{}, ogenerrors.ErrSkipClientSecurity
}

func (token tasksToken) Bearer(context.Context, tasks.OperationName) (tasks.Bearer, error) {
	return tasks.Bearer{Token: string(token)}, nil
}

func (tasksToken) JoinToken(context.Context, tasks.OperationName) (tasks.JoinToken, error) {
	return tasks.JoinToken{}, ogenerrors.ErrSkipClientSecurity
}

func (token auditToken) Bearer(context.Context, audit.OperationName) (audit.Bearer, error) {
	return audit.Bearer{Token: string(token)}, nil
}

func (auditToken) ApiKey(context.Context, audit.OperationName) (audit.ApiKey, error) {
	return audit.ApiKey{}, ogenerrors.ErrSkipClientSecurity
}
