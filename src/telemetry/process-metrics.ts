import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from '@prometheus-io/client';

/** How often the loop is looked at, milliseconds. */
const loopResolutionMs = 20;
const nanoseconds = 1e9;

interface ProcessMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** Undefined: this machine does not tell. */
  readonly read: () => number | undefined;
}

/**
 * What every program tells of itself: a build, and what of its process tells a leak, a lack or a hang from the rest. The
 * library's own set is four times as many series for each node, and `promtool check metrics` objects to some of them.
 */
export function addProcessMetrics(registry: Registry, version: string): void {
  const registers = [registry];
  const build = { version, nodejs: process.version };
  new Gauge({
    name: 'ipam_build_info',
    help: '1, with the versions of the program and of Node.js',
    labelNames: ['version', 'nodejs'],
    registers,
  }).set(build, 1);
  const delay = monitorEventLoopDelay({ resolution: loopResolutionMs });
  delay.enable();
  for (const metric of [...ofProcess, ...ofRuntime(delay)]) add(metric, registers);
}

function add({ name, help, type, read }: ProcessMetric, registers: Registry[]): void {
  if (read() === undefined) return;
  if (type === 'gauge') {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read() ?? Number.NaN);
      },
    });
    return;
  }
  new Counter({
    ...{ name, help, registers },
    collect() {
      this.reset();
      this.inc(read() ?? Number.NaN);
    },
  });
}

/** The names that the clients of all languages use. */
const ofProcess: readonly ProcessMetric[] = [
  {
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process',
    type: 'counter',
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    name: 'process_start_time_seconds',
    help: 'When the process started, Unix time',
    type: 'gauge',
    read: () => startTime,
  },
  {
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process that is in RAM',
    type: 'gauge',
    read: () => process.memoryUsage.rss(),
  },
  {
    name: 'process_open_fds',
    help: 'Open file descriptors',
    type: 'gauge',
    // One of them is that of the reading itself.
    read: () => ofProc(() => readdirSync('/proc/self/fd').length - 1),
  },
  {
    name: 'process_max_fds',
    help: 'Most file descriptors that may be open',
    type: 'gauge',
    read: () => maxDescriptors,
  },
];

const startTime = performance.timeOrigin / 1000;
const maxDescriptors = ofProc(() => {
  const [, most] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return most === undefined ? undefined : Number(most);
});

function ofRuntime(delay: ReturnType<typeof monitorEventLoopDelay>): readonly ProcessMetric[] {
  const gc = collectionSeconds();
  return [
    {
      name: 'nodejs_heap_size_used_bytes',
      help: 'Memory of JavaScript objects',
      type: 'gauge',
      read: () => process.memoryUsage().heapUsed,
    },
    {
      name: 'nodejs_external_memory_bytes',
      help: 'Memory of buffers and other objects outside of the heap',
      type: 'gauge',
      read: () => process.memoryUsage().external,
    },
    {
      name: 'nodejs_gc_seconds_total',
      help: 'Time that garbage collections took',
      type: 'counter',
      read: gc,
    },
    {
      name: 'nodejs_eventloop_lag_p99_seconds',
      help: 'By how much timers were late, 99th percentile since the last scrape',
      type: 'gauge',
      read: () => secondsOf(delay.percentile(99)),
    },
    {
      name: 'nodejs_eventloop_lag_max_seconds',
      help: 'By how much timers were late, the worst since the last scrape',
      type: 'gauge',
      read: () => {
        const worst = secondsOf(delay.max);
        delay.reset();
        return worst;
      },
    },
  ];
}

/** Of a histogram that has seen nothing yet the largest value is zero, and percentiles are what they like. */
function secondsOf(lag: number): number {
  return Number.isFinite(lag) ? Math.max(0, lag / nanoseconds - loopResolutionMs / 1000) : 0;
}

function collectionSeconds(): () => number {
  let seconds = 0;
  const count = (entries: readonly { readonly duration: number }[]): void => {
    for (const { duration } of entries) seconds += duration / 1000;
  };
  const observer = new PerformanceObserver((list) => count(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    count(observer.takeRecords());
    return seconds;
  };
}

function ofProc<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
