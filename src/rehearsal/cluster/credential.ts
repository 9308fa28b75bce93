import { PlinthError } from '@plinth/contract';
import { run, type Ended } from '../terraform';
import type { Connection } from './kubeconfig';

interface ExecCredential {
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
  };
}

/**
 * The same connection with the credential that its command gives, as the client authentication API of Kubernetes has it
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
 * @throws PlinthError `cluster-credential`
 */
export async function withCredential(connection: Connection, signal?: AbortSignal): Promise<Connection> {
  const { command, ...rest } = connection;
  if (command === undefined) return connection;
  const info = { apiVersion: command.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const env = { ...process.env, ...command.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  let ended: Ended;
  try {
    ended = await run(command.command, command.args, { cwd: process.cwd(), env, signal });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw refused(connection.context, command.command, (error as Error).message, command.installHint);
  }
  if (ended.code !== 0) {
    const said = ended.stderr.trim().split('\n').at(-1) ?? '';
    throw refused(connection.context, command.command, said || `it ended with ${ended.code}`);
  }
  let status: ExecCredential['status'];
  try {
    ({ status } = JSON.parse(ended.stdout) as ExecCredential);
  } catch {
    status = undefined;
  }
  const { token, clientCertificateData: cert, clientKeyData: key } = status ?? {};
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw refused(connection.context, command.command, 'it printed no ExecCredential with a token or a certificate');
  }
  return {
    ...rest,
    ...(token !== undefined && { token }),
    ...(cert !== undefined && key !== undefined && { cert: Buffer.from(cert), key: Buffer.from(key) }),
  };
}

function refused(context: string, command: string, why: string, hint?: string): PlinthError {
  return new PlinthError({
    code: 'cluster-credential',
    where: `context ${context}`,
    what: `${command} gave no credential`,
    why: why.replace(/\.$/, ''),
    cure: hint?.trim() ?? 'run it by hand until it does',
  });
}
