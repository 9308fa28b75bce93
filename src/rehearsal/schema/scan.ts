/** A member of a generated interface: what a program may write. */
export interface InterfaceMember {
  readonly property: string;
  /** Terraform's name, from the link in the doc comment. */
  readonly name: string | undefined;
  readonly optional: boolean;
  readonly type: string;
  /** The generator describes a block as "<name> block"; an attribute carries its own description or none. */
  readonly block: boolean;
}

/** An attribute of a generated class: what a program may read, with Terraform's flags from the comment above it. */
export interface ClassMember {
  readonly name: string;
  readonly property: string;
  readonly computed: boolean;
  readonly optional: boolean;
  readonly required: boolean;
  /** TypeScript type of the field, where there is one. */
  readonly fieldType: string | undefined;
  /** Class that the field holds, and whether it wraps a set. */
  readonly holds: { readonly className: string; readonly set: boolean } | undefined;
  /** What the getter returns. */
  readonly returns: string;
}

/** How a value is written: Terraform's collection (`list`, `set`, `struct`, `map`, `simple`). */
export type Written = ReadonlyMap<string, string>;

/** The facts that lie open in a generated file. */
export interface Scan {
  readonly interfaces: ReadonlyMap<string, readonly InterfaceMember[]>;
  readonly classes: ReadonlyMap<string, { readonly base: string; readonly members: readonly ClassMember[] }>;
  /** By struct (lower camel case) or by resource class. */
  readonly written: ReadonlyMap<string, Written>;
}

const flagsLine = /^ {2}\/\/ (\S+) - computed: (true|false), optional: (true|false), required: (true|false)/;
const fieldLine = /^ {2}private _\w+\??(?:: (.*?))?(?: = new ([\w.]+)\(this, "[^"]+"(?:, (true|false))?\))?; *$/;

/** Reads the facts of a generated file line by line: the generator's layout is regular, so no TypeScript parser is needed. */
export function scan(text: string): Scan {
  const interfaces = new Map<string, InterfaceMember[]>();
  const classes = new Map<string, { base: string; members: ClassMember[] }>();
  const written = new Map<string, Map<string, string>>();
  let members: InterfaceMember[] | undefined;
  let current: { base: string; members: ClassMember[] } | undefined;
  let className = '';
  let writing: Map<string, string> | undefined;
  let doc: string[] = [];
  let attribute: string | undefined;

  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const started = /^export (interface|class|function) (\w+)(?: extends cdktf\.(\w+))?/.exec(line);
    if (started !== null) {
      const [, kind, name = '', base = ''] = started;
      members = undefined;
      current = undefined;
      writing = undefined;
      doc = [];
      if (kind === 'interface') interfaces.set(name, (members = []));
      if (kind === 'class') {
        classes.set(name, (current = { base, members: [] }));
        className = name;
      }
      if (kind === 'function' && name.endsWith('ToHclTerraform')) {
        written.set(name.slice(0, -'ToHclTerraform'.length), (writing = new Map()));
      }
      continue;
    }
    if (members !== undefined) {
      const member = /^ {2}readonly (\w+)(\?)?: (.*);/.exec(line);
      if (member === null) {
        if (line === '  /**') doc = [];
        else doc.push(line);
        continue;
      }
      const [, property = '', optional, type = ''] = member;
      const name = /\{@link \S+?#(\w+) /.exec(doc.join('\n'))?.[1];
      members.push({
        property,
        name,
        optional: optional === '?',
        type,
        block: doc.some((words) => words.trim() === `* ${name ?? property} block`),
      });
      doc = [];
      continue;
    }
    if (current !== undefined) {
      const flags = flagsLine.exec(line);
      if (flags !== null) {
        current.members.push(classMember(lines, i, flags));
        continue;
      }
      if (line.startsWith('  protected synthesizeHclAttributes')) written.set(className, (writing = new Map()));
    }
    if (writing !== undefined) {
      const opened = /^ {4,6}"?([\w-]+)"?: \{$/.exec(line);
      if (opened !== null) attribute = opened[1];
      const type = /^ {6,8}type: "(\w+)",/.exec(line);
      if (type !== null && attribute !== undefined) writing.set(attribute, type[1] ?? '');
    }
  }
  return { interfaces, classes, written };
}

function classMember(lines: readonly string[], at: number, flags: RegExpExecArray): ClassMember {
  const [, name = '', computed, optional, required] = flags;
  let property = name;
  let fieldType: string | undefined;
  let holds: ClassMember['holds'];
  let returns = '';
  for (let j = at + 1; j < at + 8; j++) {
    const line = lines[j] ?? '';
    const field = fieldLine.exec(line);
    if (field !== null) {
      fieldType = field[1];
      if (field[2] !== undefined) holds = { className: field[2], set: field[3] === 'true' };
    }
    property = /^ {2}public get (\w+)\(/.exec(line)?.[1] ?? property;
    const returned = /^ {4}return (.*);/.exec(line);
    if (returned !== null) {
      returns = returned[1] ?? '';
      break;
    }
  }
  return {
    name,
    property,
    computed: computed === 'true',
    optional: optional === 'true',
    required: required === 'true',
    fieldType,
    holds,
    returns,
  };
}
