import type { ControlPlane } from '../cluster/control-plane.ts';

/** Makes a control plane forget all versions so far: etcd drops them, and the API server's own memory is lost. */
export async function compact(controlPlane: ControlPlane): Promise<void> {
  const etcd = `http://${controlPlane.address}:2379/v3/kv`;
  const ask = async (verb: string, body: object): Promise<unknown> => {
    const response = await fetch(`${etcd}/${verb}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd ${verb}: ${await response.text()}`);
    return response.json();
  };
  await controlPlane.apiServer.crash();
  // A version that nobody has seen, so that each one seen is older than the oldest one kept.
  const key = Buffer.from('berth-test').toString('base64');
  const { header } = (await ask('put', { key, value: '' })) as { header: { revision: string } };
  await ask('compaction', { revision: header.revision, physical: true });
  await controlPlane.apiServer.start();
}
