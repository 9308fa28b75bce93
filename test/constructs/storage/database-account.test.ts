import { DatabaseAccount } from 'plinth/constructs/storage/database-account';
import { synthesizeMl } from '../../support/ml';
import { at, only } from '../../support/program';

const job = (stack: ReturnType<typeof synthesizeMl>) => only(stack, 'kubernetes_job_v1');

test('a job signs in as the master and makes a database with an owner', () => {
  const stack = synthesizeMl((scope) => {
    const account = new DatabaseAccount(scope, 'mlflow-database', { namespace: 'ml', name: 'mlflow' });
    expect(account.password).toEqual({ secret: 'mlflow-database', key: 'password' });
    expect(account.databaseName).toBe('mlflow');
  });
  const text = JSON.stringify(job(stack).spec);
  expect(text).toContain('{"name":"PGSSLMODE","value":"require"}');
  expect(text).toContain('"secret_key_ref":{"key":"password","name":"mlflow-database-master"}');
  expect(text).toContain('"secret_key_ref":{"key":"password","name":"mlflow-database"}');
  expect(job(stack).wait_for_completion).toBe(true);
});

test('it waits for both secrets, and reaches PostgreSQL and nothing else', () => {
  const stack = synthesizeMl((scope) => {
    new DatabaseAccount(scope, 'db', { namespace: 'ml', name: 'mlflow' });
  });
  expect(job(stack).depends_on).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^terraform_data\.db_account_all_/),
      expect.stringMatching(/^terraform_data\.db_master_all_/),
    ]),
  );
  expect(at(stack, 'kubernetes_network_policy_v1', 'db/network/policy').spec).toMatchObject({
    ingress: [],
    egress: [{ to: [{ ip_block: { cidr: '10.0.0.0/16' } }], ports: [{ port: '5432' }] }],
  });
});

test('a name that PostgreSQL would have to be quoted for is refused', () => {
  synthesizeMl((scope) => {
    expect(() => new DatabaseAccount(scope, 'db', { namespace: 'ml', name: 'My-DB' })).toThrow(
      "prod-test/db: the name 'My-DB' is not usable for a database, because it is small letters, digits and underscores, beginning with a letter, 63 at most; choose a name such as 'mlflow'.",
    );
  });
});
