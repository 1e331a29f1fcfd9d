import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { waitFor } from './wait.ts';

/** An alert that is pending or fires. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** A rule as Prometheus has loaded it. */
export interface LoadedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

export interface Target {
  readonly health: string;
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  /** Text of its configuration; JSON is YAML. */
  readonly config: object;
  /** More files beside it, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The Prometheus of this machine in a folder of its own, on a port of the loopback. */
export class PrometheusProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'berth-prometheus-'));
  #child: ChildProcess | undefined;
  #url = '';

  async start({ config, files = {} }: PrometheusOptions): Promise<void> {
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}`;
    for (const [name, text] of Object.entries({ ...files, 'prometheus.yml': JSON.stringify(config) }))
      writeFileSync(join(this.#folder, name), text);
    const log = openSync(join(this.#folder, 'log'), 'w');
    const flags = [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const child = spawn('prometheus', flags, { cwd: this.#folder, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    await waitFor('Prometheus to be ready', async () => {
      if (child.exitCode !== null)
        throw new Error(`Prometheus ended: ${readFileSync(join(this.#folder, 'log'), 'utf8')}`);
      const answer = await fetch(`${this.#url}/-/ready`).catch(() => undefined);
      return answer?.ok === true || undefined;
    });
  }

  /** Values of an instant query, by the labels of each series. */
  async query(
    expr: string,
  ): Promise<readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[]> {
    const { result } = (await this.#get(`query?query=${encodeURIComponent(expr)}`)) as {
      readonly result: readonly {
        readonly metric: Record<string, string>;
        readonly value: readonly [number, string];
      }[];
    };
    return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  }

  async alerts(): Promise<readonly ActiveAlert[]> {
    return ((await this.#get('alerts')) as { readonly alerts: readonly ActiveAlert[] }).alerts;
  }

  async rules(): Promise<readonly LoadedRule[]> {
    const { groups } = (await this.#get('rules')) as {
      readonly groups: readonly { readonly rules: readonly LoadedRule[] }[];
    };
    return groups.flatMap(({ rules }) => rules);
  }

  async targets(): Promise<readonly Target[]> {
    return ((await this.#get('targets')) as { readonly activeTargets: readonly Target[] }).activeTargets;
  }

  /** The types of a metric, as the targets describe it. */
  async typesOf(metric: string): Promise<readonly string[]> {
    const described = (await this.#get(`targets/metadata?metric=${metric}`)) as readonly { readonly type: string }[];
    return described.map(({ type }) => type);
  }

  async remove(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}/api/v1/${path}`);
    const { data } = (await answer.json()) as { readonly data: unknown };
    return data;
  }
}
