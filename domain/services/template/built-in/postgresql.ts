import type { ServiceTemplateContent } from '../content.js';
import { chosen, initial, password } from './variables.js';

const DATA = '/var/lib/postgresql/data';

const JOB_FILE = `job "postgresql" {
  group "database" {
    network {
      port "db" {
        to = 5432
      }
    }

    task "postgresql" {
      driver = "docker"

      config {
        image   = "postgres:17"
        ports   = ["db"]
        volumes = ["data:${DATA}"]
      }

      env {
        POSTGRES_USER     = "{{DB_USER}}"
        POSTGRES_PASSWORD = "{{DB_PASSWORD}}"
        POSTGRES_DB       = "{{DB_NAME}}"
        PGDATA            = "${DATA}/pgdata"
      }

      resources {
        cpu    = 500
        memory = 1024
        disk   = 2048
      }

      kill_timeout = "30s"

      service {
        port = "db"

        check {
          type     = "tcp"
          interval = "5s"
          timeout  = "3s"

          check_restart {
            limit = 3
            grace = "60s"
          }
        }
      }
    }
  }
}
`;

/**
 * The image lets its superuser in without a password on the container's own socket. psql reads the new password from its environment, which takes psql
 * 15 (`\\getenv`). No setting may write the statement to the log or to statistics, and older servers or those without the extension lack some of them.
 */
const CHANGE_PASSWORD = `psql -XqwU "$POSTGRES_USER" -d "$POSTGRES_DB" -v ON_ERROR_STOP=1 <<'EOF'
\\o /dev/null
SELECT set_config(name, quiet, false) FROM pg_settings JOIN (VALUES
  ('log_statement', 'none'), ('log_min_error_statement', 'panic'),
  ('log_min_duration_statement', '-1'), ('log_min_duration_sample', '-1'), ('log_transaction_sample_rate', '0'),
  ('pg_stat_statements.track_utility', 'off')
) AS wanted (name, quiet) USING (name);
\\getenv new MUSTER_NEW_VALUE
ALTER USER CURRENT_USER PASSWORD :'new';
EOF`;

export const postgresql: ServiceTemplateContent = {
  name: 'postgresql',
  type: 'database',
  description: 'PostgreSQL database template',
  icon: 'database',
  category: 'Database',
  tags: ['postgresql', 'database', 'sql'],
  isPublic: true,
  config: {
    image: 'postgres:17',
    ports: [5432],
    environment: {
      POSTGRES_USER: '{{DB_USER}}',
      POSTGRES_PASSWORD: '{{DB_PASSWORD}}',
      POSTGRES_DB: '{{DB_NAME}}',
      PGDATA: `${DATA}/pgdata`,
    },
    resources: { cpu: 500, memory: 1024, disk: 2048 },
    nomad_job_file: 'postgresql.nomad',
    volumes: [{ name: 'data', path: DATA }],
    health: { type: 'tcp', port: 5432, interval_seconds: 5, grace_seconds: 60 },
    kill_timeout: 30,
  },
  variables: [
    initial(chosen('DB_USER', 'Owner of the database, a superuser', 'postgres'), 'ALTER USER … RENAME TO …'),
    initial(
      password('DB_PASSWORD', 'Password of the owner; only used when the database is created'),
      "ALTER USER … PASSWORD '…'",
      ['sh', '-c', CHANGE_PASSWORD],
    ),
    initial(
      chosen('DB_NAME', 'Database that is created at the first start', 'app'),
      'ALTER DATABASE … RENAME TO …',
    ),
  ],
  connection: 'postgres://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}',
  jobFiles: { 'postgresql.nomad': JOB_FILE },
};
