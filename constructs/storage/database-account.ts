import { Construct } from 'constructs';
import { ExternalSecret, GeneratedPassword } from '../core/external-secret';
import { fail } from '../core/findings';
import { Peer } from '../core/network-policy';
import { Platform } from '../core/platform';
import { SecretRef } from '../core/pod';
import { IDatabase } from '../core/resources';
import { defineSystem } from '../core/system';
import { Workload, WorkloadProps } from '../core/workload';

export interface DatabaseAccountProps extends WorkloadProps {
  /** Of the pods that connect: the password is born there. */
  readonly namespace: string;
  /** Name of the database and of the role that owns it: small letters, digits, underscores. */
  readonly name: string;
  /** Default the platform's. */
  readonly database?: IDatabase;
  /** An image with `psql`. */
  readonly image?: string;
}

/** What psql runs. `\password` hashes on this side, so that no statement, and so no log of statements, holds the password. */
export const accountScript = `\\set ON_ERROR_STOP on
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \\gexec
\\password :name
GRANT :"name" TO CURRENT_USER;
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
`;

/** What the job runs, with the name of the role and its password in `NEW_NAME` and `NEW_PASSWORD`. */
export function accountCommand(file: string): string {
  return `printf '%s\\n%s\\n' "$NEW_PASSWORD" "$NEW_PASSWORD" | psql --no-psqlrc --quiet --set "name=$NEW_NAME" --file ${file}`;
}

/**
 * A database of one's own on the platform's PostgreSQL, and a role that owns it. The password is born
 * in the cluster; a job signs in as the master and makes both, and may run again at any time.
 */
export class DatabaseAccount extends Workload {
  static override readonly system = defineSystem({
    name: 'PostgreSQL account',
    categories: ['databases'],
    licence: 'PostgreSQL',
    requires: [{ role: 'external-secrets', why: "it makes the password, and hands the master's to the job" }],
  });

  /** Name of the database, and of the role. */
  readonly databaseName: string;
  readonly username: SecretRef;
  readonly password: SecretRef;
  /** Name of the Kubernetes Secret with the keys `username` and `password`. */
  readonly secretName: string;

  /** Where PostgreSQL listens, for the network policies of those who connect. */
  static peers({ cidrs, port }: IDatabase): Peer[] {
    return cidrs.map((cidr) => ({ cidr, ports: [port] }));
  }

  /** @throws PlinthError `invalid-name` */
  constructor(scope: Construct, id: string, props: DatabaseAccountProps) {
    const platform = props.platform ?? Platform.of(scope);
    const database = props.database ?? platform.database;
    const { name, namespace } = props;
    const master = `${id}-master`;
    super(scope, id, props, {
      kind: 'Job',
      namespace,
      files: { sql: { 'account.sql': accountScript } },
      pod: {
        image: props.image ?? 'public.ecr.aws/docker/library/postgres:17.6-alpine3.22',
        command: ['sh', '-euc', accountCommand('/etc/plinth/account/account.sql')],
        env: {
          PGHOST: database.host,
          PGPORT: String(database.port),
          PGDATABASE: database.databaseName,
          PGSSLMODE: 'require',
          PGUSER: { secret: master, key: 'username' },
          PGPASSWORD: { secret: master, key: 'password' },
          NEW_NAME: { secret: id, key: 'username' },
          NEW_PASSWORD: { secret: id, key: 'password' },
        },
        configMaps: { '/etc/plinth/account': `${id}-sql` },
        resources: { cpu: '50m', memory: '64Mi' },
        // `postgres` in the image.
        user: 70,
      },
      egressTo: DatabaseAccount.peers(database),
    });
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
      fail(this, {
        code: 'invalid-name',
        what: `the name '${name}' is not usable for a database`,
        why: 'it is small letters, digits and underscores, beginning with a letter, 63 at most',
        cure: "choose a name such as 'mlflow'",
      });
    }
    this.databaseName = name;
    const own = new GeneratedPassword(this, 'account', { platform, namespace, name: id, beside: { username: name } });
    const keys = { username: 'username', password: 'password' };
    const signIn = new ExternalSecret(this, 'master', {
      platform,
      namespace,
      name: master,
      secret: database.secret,
      keys,
    });
    this.controller.node.addDependency(own, signIn);
    this.secretName = own.name;
    this.username = own.ref('username');
    this.password = own.ref('password');
  }
}
