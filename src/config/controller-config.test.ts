import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import { type ControllerFlags, controllerConfig, readControllerSettings } from './controller-config.ts';

const config = (text: string, flags: ControllerFlags = {}) =>
  controllerConfig(readControllerSettings(text, 'controller.yaml', flags)());

function problemOf(text: string, flags: ControllerFlags = {}): string {
  try {
    config(text, flags);
    return '';
  } catch (error) {
    if (error instanceof IpamError && error.code === 'invalid-config') return error.message;
    throw error;
  }
}

describe("the controller's configuration", () => {
  it('has the usual times of an election, and serves webhook and metrics', () => {
    expect(config('')).toMatchObject({
      leaseName: 'ipam-controller',
      leaseMs: 15_000,
      renewMs: 10_000,
      retryMs: 2_000,
      httpAddr: '0.0.0.0:2113',
      webhookAddr: '0.0.0.0:9443',
      // A pool of which nothing is out goes at once.
      drainMs: 0,
    });
  });

  it('knows of which IP families pools may be', () => {
    expect(config('').families).toEqual([4, 6]);
    expect(config('webhook: {families: [6]}').families).toEqual([6]);
    expect(problemOf('webhook: {families: [5]}')).toContain('webhook.families');
    expect(problemOf('webhook: {families: []}')).toContain('webhook.families');
  });

  it('takes flags over the file', () => {
    const text = 'leaderElection: {leaseDuration: 30s, retryPeriod: 1s}\nwebhook: {bindAddr: ""}\n';
    const client = { webhookClientCa: '/etc/ca.crt', webhookClientNames: 'kube-apiserver,other' };
    const flags = { leaseDuration: '1m', webhookHosts: 'a.example,10.0.0.1', ...client };
    expect(config(text, flags)).toMatchObject({
      leaseMs: 60_000,
      retryMs: 1_000,
      webhookAddr: '',
      webhookHosts: ['a.example', '10.0.0.1'],
      webhookClientCA: '/etc/ca.crt',
      webhookClientNames: ['kube-apiserver', 'other'],
    });
  });

  it.each([
    ['leaseName: x', {}, 'controller.yaml: unknown key "leaseName"'],
    ['leaderElection: {leaseDuration: 5s}', {}, 'renewDeadline and retryPeriod together are longer'],
    ['', { retryPeriod: '10s', leaseDuration: '1m' }, 'retryPeriod is not shorter than renewDeadline'],
    ['', { leaseDuration: 'soon' }, 'command line: leaderElection.leaseDuration: not a duration'],
    ['', { metricsAddr: 'nowhere' }, 'http.bindAddr'],
    ['resync: {interval: 0}', {}, 'intervals under 100ms'],
  ])('refuses %j %j', (text, flags, says) => {
    expect(problemOf(text, flags)).toContain(says);
  });
});
