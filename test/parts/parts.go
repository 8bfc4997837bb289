// Package parts pins the servers that tests start and npm does not bring: one of MongoDB's protocol (FerretDB over PostgreSQL), one of
// images, and a nats-server newer than Debian's. `npm run test:parts` builds them into `build/`.
package parts
