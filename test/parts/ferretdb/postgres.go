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

// FerretDB looks documents up with `_jsonb->$1 @> $2`, for which its B-tree indexes are useless: every lookup and every update would read the whole
// collection. So each of its indexes gets a GIN twin on its first field. PostgreSQL must plan anew each time (plan_cache_mode) to see that the twin fits.
const lookups = `
CREATE OR REPLACE FUNCTION twin() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made oid;
BEGIN
  FOR made IN SELECT objid FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE INDEX' AND pg_get_indexdef(objid) LIKE '% USING btree %' AND pg_get_indexdef(objid, 1, false) NOT LIKE '%''s''%' LOOP
    EXECUTE format('CREATE INDEX ON %s USING gin ((%s) jsonb_path_ops) WITH (fastupdate = off)',
      (SELECT indrelid::regclass FROM pg_index WHERE indexrelid = made), pg_get_indexdef(made, 1, false));
  END LOOP;
END $$;
DROP EVENT TRIGGER IF EXISTS twin;
CREATE EVENT TRIGGER twin ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION twin();`

type postgresServer struct {
	directory string
	command   *exec.Cmd
	ended     chan struct{}
}

// startPostgres creates a cluster in the directory and serves it only on a socket there.
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
		// Test data may be lost if the machine crashes, so nothing is synced to the disk.
		"plan_cache_mode=force_custom_plan", "autovacuum_naptime=1s", "autovacuum_vacuum_cost_delay=0", "autovacuum_vacuum_threshold=1000", "autovacuum_vacuum_scale_factor=0", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "log_min_messages=fatal", "log_min_error_statement=panic",
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
	run := func(database, statement string) ([]byte, error) {
		return exec.CommandContext(ctx, filepath.Join(binaries, "psql"), "-h", directory, "-U", "postgres", "-c", statement, database).CombinedOutput()
	}
	for {
		output, err := run("postgres", "CREATE DATABASE ferretdb TEMPLATE template0")
		if err == nil || strings.Contains(string(output), "already exists") {
			if output, err = run("ferretdb", lookups); err == nil {
				return server, nil
			}
			server.stop()
			return nil, fmt.Errorf("no indexes can be made: %s", output)
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

// stop ends the server at once, even if clients are connected.
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
