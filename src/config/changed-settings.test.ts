import { describe, expect, it } from 'vitest';
import { changedSettings, withLive } from './changed-settings.ts';
import { readDaemonSettings } from './daemon-config.ts';
import { daemonSettings } from './daemon-settings.ts';

const read = (text: string) => readDaemonSettings(text, 'x.yaml', {})();

describe('settings that a file has changed while a daemon runs', () => {
  const running = read('cluster: {cidr: "10.0.0.0/16,fd00::/56"}\nlogging: {level: info}');

  it('are told apart: what it takes at once, and what its next start takes', () => {
    const after = read('cluster: {cidr: "10.0.0.0/15,fd00::/56"}\nlogging: {level: debug}\nlimits: {burst: 5}');
    expect(changedSettings(daemonSettings, running, after)).toEqual({
      live: ['limits.burst', 'logging.level'],
      atStart: ['cluster.cidr'],
    });
    expect(withLive(daemonSettings, running, after)).toEqual({ ...running, logLevel: 'debug', burst: 5 });
  });

  it('are none when it says the same', () => {
    const same = read('logging: {level: info}\ncluster: {cidr: "10.0.0.0/16,fd00::/56"}\nlimits: {connections: 100}');
    expect(changedSettings(daemonSettings, running, same)).toEqual({ live: [], atStart: [] });
  });
});
