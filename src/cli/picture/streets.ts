/**
 * Arrows run in the streets between the boxes, as in a town on a grid, so none can cross a box. Box rows and columns count from 0;
 * horizontal street r runs above row r (the last one below the last row), vertical street c left of column c. All arrows to one box share
 * a trunk; each street has as many lanes as trunks that meet in it.
 */

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/**
 * An arrow's way: from the user's upper edge into a lane, perhaps through a vertical street, to the lower edge of what it uses. Between
 * boxes of one row it leaves by the lower edge.
 */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly edge: 'upper' | 'lower';
  /** Where on that edge it leaves: share of the box's width. */
  readonly port: number;
  readonly leave: Lane;
  /** Absent where both boxes lie at the same street. */
  readonly cross?: Lane;
  readonly arrive: Lane;
}

export interface Lane {
  readonly street: number;
  readonly lane: number;
}

export interface Streets {
  readonly ways: readonly Way[];
  /** Lanes of each horizontal and vertical street. */
  readonly horizontal: readonly number[];
  readonly vertical: readonly number[];
}

interface Net {
  readonly to: string;
  readonly users: readonly string[];
  /** The vertical street that its trunk takes; undefined where it needs none. */
  street: number | undefined;
  /** First and last horizontal street of the trunk. */
  span: readonly [number, number];
}

interface Interval {
  readonly net: Net;
  readonly begin: number;
  readonly end: number;
  readonly order: number;
}

/** Finds the ways of all arrows `[user, used]`. */
export function route(arrows: readonly (readonly [string, string])[], cells: ReadonlyMap<string, Cell>): Streets {
  const at = (id: string): Cell => {
    const cell = cells.get(id);
    if (cell === undefined) throw new Error(`no box for ${id}`);
    return cell;
  };
  const rows = 1 + Math.max(-1, ...[...cells.values()].map(({ row }) => row));
  const columns = 1 + Math.max(-1, ...[...cells.values()].map(({ column }) => column));
  const below = (id: string): number => at(id).row + 1;
  const nets = netsOf(arrows, at);
  chooseStreets(nets, columns, at);
  const ports = portsOf(nets, at);
  const portOf = (net: Net, user: string): number => ports.get(`${user}\n${net.to}`) ?? 0.5;

  const across: Interval[][] = Array.from({ length: rows + 1 }, () => []);
  for (const net of nets) {
    for (let street = 0; street <= rows; street++) {
      const users = net.users.filter((user) => leaves(net, user, at) === street);
      const target = below(net.to) === street;
      if (users.length === 0 && !target) continue;
      const xs = users.map((user) => at(user).column + portOf(net, user));
      if (target) xs.push(at(net.to).column + 0.5);
      const turns = net.street !== undefined && (!target || net.users.some((user) => leaves(net, user, at) !== street));
      if (turns) xs.push(net.street as number);
      across[street]?.push({ net, begin: Math.min(...xs), end: Math.max(...xs), order: target ? 0 : 1 });
    }
  }
  const down: Interval[][] = Array.from({ length: columns + 1 }, () => []);
  for (const net of nets) {
    if (net.street !== undefined) down[net.street]?.push({ net, begin: net.span[0], end: net.span[1], order: 0 });
  }
  const horizontal = across.map(lanesOf);
  const vertical = down.map(lanesOf);
  const ways = nets.flatMap((net) =>
    net.users.map((from): Way => {
      const lane = (index: number): Lane => ({ street: index, lane: horizontal[index]?.get(net) ?? 0 });
      const street = leaves(net, from, at);
      const direct = street === below(net.to) || net.street === undefined;
      return {
        from,
        to: net.to,
        edge: sameRow(net, from, at) ? 'lower' : 'upper',
        port: portOf(net, from),
        leave: lane(street),
        ...(!direct && {
          cross: { street: net.street as number, lane: vertical[net.street as number]?.get(net) ?? 0 },
        }),
        arrive: lane(below(net.to)),
      };
    }),
  );
  const count = (lanes: Map<Net, number>): number => Math.max(0, ...[...lanes.values()].map((lane) => lane + 1));
  return { ways, horizontal: horizontal.map(count), vertical: vertical.map(count) };
}

type At = (id: string) => Cell;

const sameRow = (net: Pick<Net, 'to'>, user: string, at: At): boolean => at(user).row === at(net.to).row;

/** The horizontal street into which an arrow leaves. */
const leaves = (net: Pick<Net, 'to'>, user: string, at: At): number =>
  sameRow(net, user, at) ? at(user).row + 1 : at(user).row;

function netsOf(arrows: readonly (readonly [string, string])[], at: At): Net[] {
  const users = new Map<string, string[]>();
  for (const [from, to] of arrows) users.set(to, [...(users.get(to) ?? []), from]);
  return [...users].map(([to, from]) => {
    const ends = [at(to).row + 1, ...from.map((user) => leaves({ to }, user, at))];
    return { to, users: from, street: undefined, span: [Math.min(...ends), Math.max(...ends)] };
  });
}

/** Gives each trunk the vertical street with the shortest way, the less crowded one of two. */
function chooseStreets(nets: readonly Net[], columns: number, at: At): void {
  const taken: Net[][] = Array.from({ length: columns + 1 }, () => []);
  for (const net of nets) {
    if (net.span[0] === net.span[1]) continue;
    const length = (street: number): number => {
      const lengths = new Map<number, number[]>([[at(net.to).row + 1, [street, at(net.to).column + 0.5]]]);
      for (const user of net.users) {
        const known = lengths.get(leaves(net, user, at)) ?? [street];
        lengths.set(leaves(net, user, at), [...known, at(user).column + 0.5]);
      }
      return [...lengths.values()].reduce((sum, xs) => sum + Math.max(...xs) - Math.min(...xs), 0);
    };
    const crowd = (street: number): number =>
      (taken[street] ?? []).filter(({ span }) => span[0] <= net.span[1] && net.span[0] <= span[1]).length;
    const cost = (street: number): number => length(street) + 0.4 * crowd(street);
    const best = taken.map((_, street) => street).reduce((a, b) => (cost(b) < cost(a) ? b : a));
    net.street = best;
    taken[best]?.push(net);
  }
}

/**
 * Ports, sorted by where their trunks lie. On the upper edge the middle stays free for what comes down from the box above, and on the
 * lower edge ports keep to the corners, so that no two ends meet between boxes under each other.
 */
function portsOf(nets: readonly Net[], at: At): Map<string, number> {
  const ports = new Map<string, number>();
  const byUser = new Map<string, Net[]>();
  for (const net of nets) for (const user of net.users) byUser.set(user, [...(byUser.get(user) ?? []), net]);
  for (const [user, own] of byUser) {
    const column = at(user).column;
    const isBeside = (net: Net): boolean => sameRow(net, user, at);
    const goal = (net: Net): number => (isBeside(net) ? undefined : net.street) ?? at(net.to).column + 0.5;
    const sorted = [...own].sort((a, b) => goal(a) - goal(b));
    const put = (chosen: readonly Net[], port: (index: number) => number): void =>
      chosen.forEach((net, index) => ports.set(`${user}\n${net.to}`, port(index)));
    const left = sorted.filter((net) => goal(net) < column + 0.5);
    const right = sorted.filter((net) => goal(net) >= column + 0.5);
    const [upperLeft, upperRight] = [left, right].map((side) => side.filter((net) => !isBeside(net))) as [Net[], Net[]];
    const step = Math.min(0.1, 0.32 / Math.max(1, upperLeft.length, upperRight.length));
    put(upperLeft, (index) => 0.5 - step * (upperLeft.length - index));
    put(upperRight, (index) => 0.5 + step * (index + 1));
    const [lowerLeft, lowerRight] = [left, right].map((side) => side.filter(isBeside)) as [Net[], Net[]];
    const narrow = Math.min(0.05, 0.1 / Math.max(1, lowerLeft.length, lowerRight.length));
    put(lowerLeft, (index) => 0.05 + narrow * index);
    put(lowerRight, (index) => 0.95 - narrow * (lowerRight.length - 1 - index));
  }
  return ports;
}

/** Gives intervals that meet different lanes; those that end at a box above lie nearest to it. */
function lanesOf(intervals: readonly Interval[]): Map<Net, number> {
  const lanes: Interval[][] = [];
  const result = new Map<Net, number>();
  for (const interval of [...intervals].sort((a, b) => a.order - b.order || a.begin - b.begin || a.end - b.end)) {
    const free = lanes.findIndex((lane) =>
      lane.every(({ begin, end }) => end < interval.begin || interval.end < begin),
    );
    const lane = free === -1 ? lanes.push([]) - 1 : free;
    lanes[lane]?.push(interval);
    result.set(interval.net, lane);
  }
  return result;
}
