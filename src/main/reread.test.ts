import { describe, expect, it } from 'vitest';
import { daemonConfig, readDaemonSettings } from '../config/daemon-config.ts';
import { daemonSettings } from '../config/daemon-settings.ts';
import { type Log, silentLog } from '../telemetry/log.ts';
import { reread } from './reread.ts';

function world(text: string) {
  const file = { text };
  const told: unknown[] = [];
  const tell = (level: string) => (fields: object) => void told.push([level, fields]);
  const log: Log = { ...silentLog, info: tell('info'), warn: tell('warn'), error: tell('error') };
  const taken: string[] = [];
  const read = () => {
    const settings = readDaemonSettings(file.text, 'x.yaml', {})();
    return { config: daemonConfig(settings, 'host'), settings };
  };
  const hangUp = reread({ rows: daemonSettings, settings: read().settings, read }, log, ({ logLevel }) =>
    taken.push(logLevel),
  );
  return { file, told, taken, hangUp };
}

describe('SIGHUP', () => {
  it('has a program take what it can, once, and names what waits for a restart, each time', () => {
    const { file, told, taken, hangUp } = world('logging: {level: info}');
    file.text = 'logging: {level: debug}\nallocation: {cooldown: 1s}';
    hangUp();
    hangUp();
    expect(taken).toEqual(['debug', 'debug']);
    expect(told).toEqual([
      ['info', { taken: ['logging.level'] }],
      ['warn', { settings: ['allocation.cooldown'] }],
      ['info', { taken: [] }],
      ['warn', { settings: ['allocation.cooldown'] }],
    ]);
  });

  it('changes nothing when the configuration cannot be used', () => {
    const { file, told, taken, hangUp } = world('logging: {level: info}');
    file.text = 'logging: {level: loud}';
    hangUp();
    expect(taken).toEqual([]);
    expect(told).toEqual([
      ['error', { err: expect.objectContaining({ code: 'invalid-config' }), hint: expect.any(String) }],
    ]);
  });
});
