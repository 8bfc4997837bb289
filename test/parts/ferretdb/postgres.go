package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Each statement of an update command holds a connection until the command ends, and a bulk has up to 500.
const (
	serverConnections = "700"
	poolConnections   = "600"
)

type postgresServer struct {
	directory string
	command   *exec.Cmd
	ended     chan struct{}
}

// startPostgres makes a cluster in the directory and serves it on a socket there, and nowhere else.
func startPostgres(ctx context.Context, directory, binaries, account string) (*postgresServer, error) {
	attributes := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	if os.Geteuid() == 0 {
		// PostgreSQL refuses to run as root.
		credential, err := credentialOf(account)
		if err != nil {
			return nil, err
		}
		if err := os.Chown(directory, int(credential.Uid), int(credential.Gid)); err != nil {
			return nil, err
		}
		attributes.Credential = credential
	}
	data := filepath.Join(directory, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		initialise := exec.CommandContext(ctx, filepath.Join(binaries, "initdb"), "--pgdata", data, "--username", "postgres", "--auth", "trust",
			"--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions")
		initialise.SysProcAttr = attributes
		initialise.Dir = directory
		if output, err := initialise.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("initdb: %w\n%s", err, output)
		}
	}
	arguments := []string{"-D", data, "-k", directory}
	for _, setting := range []string{
		"listen_addresses=", "max_connections=" + serverConnections, "shared_buffers=64MB", "dynamic_shared_memory_type=mmap",
		// What these tests keep may be lost with the machine.
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "log_min_messages=fatal", "log_min_error_statement=panic",
	} {
		arguments = append(arguments, "-c", setting)
	}
	command := exec.Command(filepath.Join(binaries, "postgres"), arguments...)
	command.SysProcAttr = attributes
	command.Dir = directory
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		return nil, err
	}
	server := &postgresServer{directory: directory, command: command, ended: make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(server.ended)
	}()
	for {
		ready := exec.CommandContext(ctx, filepath.Join(binaries, "psql"), "-h", directory, "-U", "postgres", "-c", "CREATE DATABASE ferretdb TEMPLATE template0", "postgres")
		output, err := ready.CombinedOutput()
		if err == nil || strings.Contains(string(output), "already exists") {
			return server, nil
		}
		select {
		case <-server.ended:
			return nil, fmt.Errorf("it ended: %s", output)
		case <-ctx.Done():
			server.stop()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (server *postgresServer) url() *url.URL {
	query := url.Values{"host": {server.directory}, "pool_max_conns": {poolConnections}}
	return &url.URL{Scheme: "postgres", User: url.User("postgres"), Host: "", Path: "/ferretdb", RawQuery: query.Encode()}
}

// stop ends it at once, clients or not.
func (server *postgresServer) stop() {
	_ = server.command.Process.Signal(syscall.SIGQUIT)
	<-server.ended
}

func credentialOf(name string) (*syscall.Credential, error) {
	account, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
