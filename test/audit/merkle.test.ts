// Merkle trees against RFC 6962: its definition written down as plainly as it stands there, and known roots.
import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { growingTree, inclusionPath, rootFromPath } from '../../src/audit/merkle.ts';

const sha256 = (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** RFC 6962, section 2.1, word for word. */
const mth = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [only] = leaves;
  if (only === undefined) return sha256(new Uint8Array());
  if (leaves.length === 1) return sha256(Buffer.concat([Buffer.of(0), only]));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.concat([Buffer.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k))]));
};

const leavesOf = (size: number): Buffer[] =>
  Array.from({ length: size }, (_, i) => Buffer.from(hash('sha256', `leaf ${i}`), 'hex'));

const rootOf = (leaves: readonly Uint8Array[]): Uint8Array => {
  const tree = growingTree(sha256);
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
};

describe('a tree', () => {
  it('has the roots of the vectors of Certificate Transparency', () => {
    const inputs = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    const roots = [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    for (const [size, root] of roots.entries()) {
      expect(hex(rootOf(inputs.slice(0, size).map((input) => Buffer.from(input, 'hex'))))).toBe(root);
    }
  });

  it('has the root of the definition at every size', () => {
    for (let size = 0; size <= 70; size++) expect(hex(rootOf(leavesOf(size)))).toBe(hex(mth(leavesOf(size))));
  });
});

describe('a path', () => {
  it('leads every leaf of every tree to its root, and no other leaf', () => {
    for (let size = 1; size <= 70; size++) {
      const leaves = leavesOf(size);
      const root = hex(mth(leaves));
      for (const [index, leaf] of leaves.entries()) {
        const path = inclusionPath(sha256, leaves, index);
        expect(hex(rootFromPath(sha256, leaf, index, size, path) ?? leaf)).toBe(root);
        for (const other of [index - 1, index + 1, size]) {
          const found = rootFromPath(sha256, leaf, other, size, path);
          expect(found === undefined || hex(found) !== root).toBe(true);
        }
      }
    }
  });

  it('that is too short, too long or altered leads nowhere', () => {
    const leaves = leavesOf(21);
    const root = hex(mth(leaves));
    for (const [index, leaf] of leaves.entries()) {
      const path = inclusionPath(sha256, leaves, index);
      expect(rootFromPath(sha256, leaf, index, 21, path.slice(0, -1))).toBeUndefined();
      expect(rootFromPath(sha256, leaf, index, 21, [...path, leaf])).toBeUndefined();
      for (const place of path.keys()) {
        const wrong = path.map((step, i) =>
          i === place ? step.map((byte, at) => (at === 7 ? byte ^ 1 : byte)) : step,
        );
        expect(hex(rootFromPath(sha256, leaf, index, 21, wrong) ?? leaf)).not.toBe(root);
      }
    }
  });
});
