// Checkpoints of the audit on a timer, on a machine (Node, Deno), sent to the anchors that the configuration names.
import { folderAnchor } from '../anchors/folder.ts';
import { checkpointing } from '../anchors/table.ts';
import { webhookAnchor } from '../anchors/webhook.ts';
import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';
import { ensureSigningKey } from '../signing/table.ts';
import { diskFolder } from './anchor-folder.ts';

/** Makes sure that there is a key to sign with, and signs from now on. `stop` signs what is new once more. */
export const startCheckpoints = async (config: Config, ports: Ports): Promise<{ stop(): Promise<void> }> => {
  await ensureSigningKey(ports);
  const everyMs = config.GATEHOUSE_CHECKPOINT_S * 1000;
  const folder = config.GATEHOUSE_ANCHOR_DIR;
  const url = config.GATEHOUSE_ANCHOR_URL;
  const anchors = [
    ...(folder === undefined ? [] : [folderAnchor(diskFolder(folder))]),
    ...(url === undefined ? [] : [webhookAnchor(url, ports.fetch, ports.hashes.sha256Hex)]),
  ];
  const checkpoints = checkpointing(ports, { everyMs, anchors });
  ports.defer(checkpoints.tick());
  const timer = setInterval(() => ports.defer(checkpoints.tick()), everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await checkpoints.tick();
    },
  };
};
