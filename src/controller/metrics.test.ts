import { describe, expect, it } from 'vitest';
import { ControllerMetrics } from './metrics.ts';

describe('the metrics of a controller', () => {
  const metrics = new ControllerMetrics('1.2.3');
  const lines = async (name: string) => {
    const { body } = await metrics.scrape({}, undefined);
    return body.split('\n').filter((line) => line.startsWith(`${name} `));
  };

  it('say when the certificate of its webhook expires, and nothing while there is none', async () => {
    metrics.showCertificate(undefined);
    expect(await lines('ipam_certificate_expiry_timestamp_seconds')).toEqual([]);
    metrics.showCertificate(1_900_000_000_000);
    expect(await lines('ipam_certificate_expiry_timestamp_seconds')).toEqual([
      'ipam_certificate_expiry_timestamp_seconds 1900000000',
    ]);
  });

  it('say who leads by the names that users have', async () => {
    metrics.setLeader(true);
    expect([await lines('ipam_controller_leader'), await lines('leader_election_status')]).toEqual([
      ['ipam_controller_leader 1'],
      ['leader_election_status 1'],
    ]);
  });
});
