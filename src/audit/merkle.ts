// Merkle trees as in RFC 6962, section 2.1 (RFC 9162 the same): leaves are SHA-256(0x00 || leaf), nodes SHA-256(0x01 || left
// || right). Roots are computed while leaves stream by; a proof shows one leaf without the others. Pure.

/** SHA-256 of bytes. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

const HASH_BYTES = 32;

// Hashed again and again in the same memory: an export has millions of nodes.
const leafData = new Uint8Array(1 + HASH_BYTES);
const nodeData = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);

const leafHash = (sha256: Sha256, leaf: Uint8Array): Uint8Array => {
  const data = leaf.length === HASH_BYTES ? leafData : new Uint8Array(1 + leaf.length);
  data.set(leaf, 1);
  return sha256(data);
};

const nodeHash = (sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array => {
  nodeData.set(left, 1);
  nodeData.set(right, 1 + HASH_BYTES);
  return sha256(nodeData);
};

/** A tree that grows at its right edge and keeps only that edge: one hash a power of two. */
export type GrowingTree = { readonly size: () => number; add(leaf: Uint8Array): void; root(): Uint8Array };

/** An empty tree; its root is SHA-256 of nothing. */
export const growingTree = (sha256: Sha256): GrowingTree => {
  const edge: { readonly size: number; readonly hash: Uint8Array }[] = [];
  let size = 0;
  return {
    size: () => size,
    add: (leaf) => {
      size++;
      let node = { size: 1, hash: leafHash(sha256, leaf) };
      for (let left = edge.at(-1); left !== undefined && left.size === node.size; left = edge.at(-1)) {
        edge.pop();
        node = { size: node.size * 2, hash: nodeHash(sha256, left.hash, node.hash) };
      }
      edge.push(node);
    },
    root: () =>
      edge.reduceRight<Uint8Array | undefined>(
        (right, left) => (right === undefined ? left.hash : nodeHash(sha256, left.hash, right)),
        undefined,
      ) ?? sha256(new Uint8Array()),
  };
};

/** The largest power of two below `n`. */
const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

const rootOf = (sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array => {
  const [only] = hashes;
  if (hashes.length === 1 && only !== undefined) return only;
  const k = split(hashes.length);
  return nodeHash(sha256, rootOf(sha256, hashes.slice(0, k)), rootOf(sha256, hashes.slice(k)));
};

/** The audit path of leaf `index` (RFC 6962, section 2.1.1), from the leaf's sibling to the root's child. */
export const inclusionPath = (sha256: Sha256, leaves: readonly Uint8Array[], index: number): Uint8Array[] => {
  const path = (hashes: readonly Uint8Array[], at: number): Uint8Array[] => {
    if (hashes.length <= 1) return [];
    const k = split(hashes.length);
    return at < k
      ? [...path(hashes.slice(0, k), at), rootOf(sha256, hashes.slice(k))]
      : [...path(hashes.slice(k), at - k), rootOf(sha256, hashes.slice(0, k))];
  };
  return path(
    leaves.map((leaf) => leafHash(sha256, leaf)),
    index,
  );
};

/** The root that a leaf and its audit path lead to (RFC 9162, section 2.1.3.2); undefined for a path of the wrong length. */
export const rootFromPath = (
  sha256: Sha256,
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined => {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return undefined;
  let at = index;
  let last = size - 1;
  let hash = leafHash(sha256, leaf);
  for (const sibling of path) {
    if (last === 0 || sibling.length !== HASH_BYTES) return undefined;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sha256, sibling, hash);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else hash = nodeHash(sha256, hash, sibling);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
};
