/** A room of src/: what it is for, and those it may import from. Imports go one way only, and never in a circle. */
export interface Room {
  readonly question: string;
  readonly mayImport: readonly string[];
  /** It decides and does nothing else: time, chance and the world are passed in. */
  readonly isPure?: true;
  /** Rooms within it, each with its question. */
  readonly within?: Readonly<Record<string, string>>;
}

/** In the order in which they may be read: each imports from those above it. */
export const rooms: Readonly<Record<string, Room>> = {
  ip: { question: 'what is an address, a prefix, a range, a set?', isPure: true, mayImport: [] },
  allocator: { question: 'which address is free?', isPure: true, mayImport: ['ip'] },
  resources: { question: 'what may a pool, a block, a claim say?', isPure: true, mayImport: ['ip'] },
  bgp: {
    question:
      'how do routers learn which node has an address: who speaks to whom, and what each routing daemon is told',
    isPure: true,
    mayImport: ['ip', 'resources'],
  },
  platform: {
    question: 'what does a machine give: time, locks, durable files, sockets, room on a disk?',
    mayImport: ['resources'],
  },
  telemetry: { question: "how are events told? a room's figures stand beside what they measure", mayImport: [] },
  tls: { question: 'who is at the other end, and how is that proven?', mayImport: ['resources', 'telemetry'] },
  store: {
    question: 'how is state kept? the port, its engines, what is put around them, the conformance suite',
    mayImport: ['resources', 'platform', 'telemetry', 'tls'],
    within: {
      cache: 'what does a watch show, and what have I just written?',
      embedded: 'LMDB',
      etcd: 'etcd',
      kubernetes: 'the Kubernetes API',
      memory: 'tests and the simulator',
      remote: 'the members of a cluster, for an agent',
    },
  },
  ipam: {
    question: 'what is an allocation, who holds what, is every promise kept?',
    isPure: true,
    mayImport: ['ip', 'allocator', 'resources', 'store'],
    within: {
      select: 'from which pools?',
      claim: 'which address, and whose is it now?',
      bind: 'for whom does an address stay?',
      reclaim: 'what comes back, by which evidence?',
      explain: 'why is something as it is, and until when?',
      history: 'what was, and how sure is that?',
      forecast: 'when does it run out?',
      placement: 'on which nodes is an address left for a Pod?',
    },
  },
  cilium: {
    question: 'which addresses do the CiliumNodes of a cluster have, and which Pods keep theirs?',
    isPure: true,
    mayImport: ['ip', 'resources'],
  },
  topology: {
    question: 'what does a file say of the network, what would a change of it come to, how full is it?',
    isPure: true,
    mayImport: ['ip', 'resources'],
  },
  page: {
    question: 'what does a person see in a browser?',
    isPure: true,
    mayImport: ['ip', 'resources', 'ipam', 'topology'],
  },
  dialects: {
    question: "what do a user's files and annotations ask for, whatever software they were written for?",
    isPure: true,
    mayImport: ['ip', 'resources', 'ipam'],
  },
  config: { question: 'what can be set, and where?', mayImport: ['ip', 'resources', 'ipam', 'cilium', 'tls'] },
  members: {
    question: 'how do daemons keep a cluster of their own?',
    mayImport: ['resources', 'platform', 'store', 'telemetry', 'tls', 'config'],
  },
  cni: {
    question: 'what does a CNI call mean?',
    mayImport: ['ip', 'resources', 'ipam', 'dialects', 'telemetry'],
  },
  daemon: {
    question: "how does a node's process carry out what the centre decides?",
    mayImport: ['ip', 'resources', 'bgp', 'platform', 'store', 'ipam', 'topology', 'dialects', 'telemetry', 'config'],
    within: {
      allocation: 'ADD and DEL: blocks, claims, pools of ranges',
      journal: 'what this node has on record',
      history: 'what it remembers of what was, and for how long',
      recovery: 'what is so after a start, a damage, a store that went back',
      administration: 'what operators see and do',
      view: 'what it knows of the store',
      kubernetes: 'what it knows of Pods, and tells them',
      routing: 'what it tells the routing daemon beside it',
    },
  },
  api: {
    question: 'how do gRPC and HTTP calls come in, and how many?',
    mayImport: [
      'ip',
      'resources',
      'platform',
      'store',
      'members',
      'ipam',
      'topology',
      'page',
      'cni',
      'telemetry',
      'tls',
      'config',
    ],
  },
  controller: {
    question: 'what is derived for a whole cluster: status, endpoints, clean-up, admission?',
    mayImport: [
      'ip',
      'resources',
      'platform',
      'store',
      'ipam',
      'cilium',
      'topology',
      'dialects',
      'telemetry',
      'api',
      'tls',
    ],
  },
  migrate: {
    question: 'how does a cluster come here from another IPAM or engine?',
    mayImport: ['ip', 'resources', 'platform', 'store', 'ipam', 'dialects', 'cni', 'daemon', 'api', 'tls'],
  },
  cli: {
    question: 'how is it all asked for at a prompt?',
    mayImport: ['ip', 'resources', 'platform', 'topology', 'bgp', 'members', 'api', 'tls', 'config', 'migrate'],
  },
  main: {
    question: 'one file for each executable',
    mayImport: [
      'ip',
      'resources',
      'platform',
      'store',
      'members',
      'ipam',
      'cilium',
      'topology',
      'cni',
      'daemon',
      'controller',
      'api',
      'cli',
      'telemetry',
      'tls',
      'config',
    ],
  },
};

/** The table of rooms, in Markdown. */
export function roomsTable(): string {
  const rows = Object.entries(rooms).flatMap(([name, { question, isPure, mayImport, within = {} }]) => [
    `| \`src/${name}\`${isPure ? ' (pure)' : ''} | ${question} | ${mayImport.join(', ')} |`,
    ...Object.entries(within).map(([part, what]) => `| \`src/${name}/${part}\` | ${what} | |`),
  ]);
  return ['| room | question it answers | imports from |', '|---|---|---|', ...rows, ''].join('\n');
}
