// ferretdb serves MongoDB's protocol over its own PostgreSQL until its standard input ends or it gets a signal, so that it stops even if its parent is
// killed. Once it listens, it prints its address as one line: mongodb://127.0.0.1:<port>/
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	directory := flag.String("directory", "", "where the data is kept; it must exist. Absent: a temporary one that goes with the program")
	binaries := flag.String("binaries", "/usr/lib/postgresql/15/bin", "directory of PostgreSQL's initdb and postgres")
	account := flag.String("user", "postgres", "who PostgreSQL runs as, where this program runs as root")
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	// The live heap is small but there is much garbage. With Go's default, collecting it took a third of the processor time.
	debug.SetGCPercent(400)
	// A child gets its parent-death signal when the thread that started it ends, so this thread must stay.
	runtime.LockOSThread()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()

	err := run(ctx, *directory, *binaries, *account, *listen)
	if err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, directory, binaries, account, listen string) error {
	if directory == "" {
		temporary, err := os.MkdirTemp("", "muster-ferretdb-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temporary)
		directory = temporary
	}
	postgres, err := startPostgres(ctx, directory, binaries, account)
	if err != nil {
		return fmt.Errorf("PostgreSQL did not start: %w", err)
	}
	defer postgres.stop()
	if err := serve(ctx, listen, postgres.url()); err != nil {
		return fmt.Errorf("FerretDB did not start: %w", err)
	}
	return nil
}

func serve(ctx context.Context, listen string, database *url.URL) error {
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:      ferretdb.ListenerConfig{TCP: listen},
		Handler:       "postgresql",
		PostgreSQLURL: database.String(),
		Logger:        slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	address := server.MongoDBURI()
	parsed, err := url.Parse(address)
	if err != nil {
		return err
	}
	for ; ; time.Sleep(20 * time.Millisecond) {
		connection, err := net.DialTimeout("tcp", parsed.Host, time.Second)
		if err == nil {
			_ = connection.Close()
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	fmt.Println(address)
	return <-done
}
