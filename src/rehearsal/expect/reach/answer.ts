/** Whether something is so; `unknown` where what was applied does not tell. */
export type Answer = 'yes' | 'no' | 'unknown';

/** One condition of a connection, and which rule decides it. */
export interface Step {
  readonly holds: Answer;
  readonly says: string;
}

/** So where everything is; not so where one thing is not. */
export function all(answers: readonly Answer[]): Answer {
  return answers.includes('no') ? 'no' : answers.includes('unknown') ? 'unknown' : 'yes';
}

/** So where one thing is; not so where nothing is. */
export function some(answers: readonly Answer[]): Answer {
  return answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** One port that is asked about. */
export interface Port {
  readonly port: number;
  readonly protocol: Protocol;
}

/** A range of ports that a rule opens. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** What opens a connection, or takes it. */
export type Peer = Pods | Network | Machine;

/** Pods of one workload. */
export interface Pods {
  readonly kind: 'pods';
  /** `namespace/name`. */
  readonly title: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the namespace; undefined where it is made elsewhere, so that only its name is known. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
  /** What the containers declare; undefined where nobody knows the containers. */
  readonly ports: readonly (Port & { readonly name?: string })[] | undefined;
  /** The pod has the node's network, which policies mostly do not see. */
  readonly hostNetwork: boolean;
  /** The port of a Service by which it is reached, by the pod's own port. */
  readonly service?: { readonly title: string; readonly ports: readonly ServicePort[] };
  /** Security groups of its nodes, and networks of their subnets, as far as they are known. */
  readonly groups: readonly string[];
  readonly networks: readonly string[];
}

export interface ServicePort {
  readonly port: number;
  readonly protocol: Protocol;
  readonly target: number | string;
}

/** Addresses that belong to nothing that was applied. */
export interface Network {
  readonly kind: 'network';
  readonly title: string;
  readonly networks: readonly string[];
  /** All of the internet, wherever that is. */
  readonly internet: boolean;
}

/** A resource of AWS with an address in a VPC. */
export interface Machine {
  readonly kind: 'machine';
  /** `stack/type.name`. */
  readonly title: string;
  readonly groups: readonly string[];
  readonly networks: readonly string[];
  /** Why nobody can come to it from the internet, whatever its groups say. */
  readonly closed?: string;
}
