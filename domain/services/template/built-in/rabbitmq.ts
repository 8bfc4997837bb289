import type { ServiceTemplateContent } from '../content.js';
import { chosen, initial, password } from './variables.js';

export const rabbitmq: ServiceTemplateContent = {
  name: 'rabbitmq',
  type: 'queue',
  description: 'RabbitMQ message broker template',
  icon: 'mail',
  category: 'Messaging',
  tags: ['rabbitmq', 'amqp', 'messages'],
  isPublic: true,
  config: {
    image: 'rabbitmq:4-management',
    ports: [5672, 15672],
    // Data is stored under the node's name, which defaults to the container's name and would change.
    environment: {
      RABBITMQ_NODENAME: 'rabbit@localhost',
      RABBITMQ_DEFAULT_USER: '{{USERNAME}}',
      RABBITMQ_DEFAULT_PASS: '{{PASSWORD}}',
      RABBITMQ_DEFAULT_VHOST: '{{VHOST}}',
    },
    resources: { cpu: 500, memory: 512, disk: 1024 },
    volumes: [{ name: 'data', path: '/var/lib/rabbitmq' }],
    health: { type: 'tcp', port: 5672, interval_seconds: 5, grace_seconds: 120 },
    kill_timeout: 30,
  },
  variables: [
    initial(chosen('USERNAME', 'User name that clients log in with', 'app'), 'rabbitmqctl add_user …'),
    initial(
      password('PASSWORD', 'Password of that user; only used when the broker is created'),
      'rabbitmqctl change_password …',
      // Without a password in its words, the command reads it from its input.
      [
        'sh',
        '-c',
        `printf '%s\\n' "$MUSTER_NEW_VALUE" | rabbitmqctl --quiet change_password "$RABBITMQ_DEFAULT_USER"`,
      ],
    ),
    initial(
      chosen('VHOST', 'Virtual host that is created at the first start', '/'),
      'rabbitmqctl add_vhost …',
    ),
  ],
  connection: 'amqp://{{USERNAME}}:{{PASSWORD}}@{{ENDPOINT}}/{{VHOST}}',
};
