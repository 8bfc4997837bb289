// registry serves an image registry from memory until its standard input ends, so that it stops even if its parent is killed. If REGISTRY_USERS is set
// (comma-separated user:password pairs), every request needs one of these logins. Once it listens, it prints its address as one line.
package main

import (
	"crypto/subtle"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	// These are not arguments, because tests search arguments for passwords.
	users := strings.FieldsFunc(os.Getenv("REGISTRY_USERS"), func(each rune) bool { return each == ',' })
	flag.Parse()

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Println(listener.Addr())
	log.Fatal(http.Serve(listener, guarded(registry.New(registry.Logger(log.New(io.Discard, "", 0))), users)))
}

func guarded(served http.Handler, users []string) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		if len(users) == 0 || known(request, users) {
			served.ServeHTTP(answer, request)
			return
		}
		answer.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
		answer.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
		answer.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(answer, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`)
	})
}

func known(request *http.Request, users []string) bool {
	name, password, sent := request.BasicAuth()
	for _, user := range users {
		if sent && subtle.ConstantTimeCompare([]byte(user), []byte(name+":"+password)) == 1 {
			return true
		}
	}
	return false
}
