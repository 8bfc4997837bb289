// Package parts pins the servers that tests start and npm does not provide: FerretDB (MongoDB's protocol over PostgreSQL), an image registry,
// and a nats-server newer than Debian's. build.sh builds them into `build/`.
package parts
