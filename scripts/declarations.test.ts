import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { surfaceOf } from './declarations.ts';

const folder = mkdtempSync(join(tmpdir(), 'declarations-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function surface(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { exported, mentioned } = surfaceOf(join(folder, 'index.d.ts'));
  return { exported: exported.map(({ text }) => text), mentioned: mentioned.map(({ text }) => text) };
}

describe('the public surface', () => {
  it('holds what is exported, in order of name and without comments', () => {
    const found = surface({
      'index.d.ts': `export { type Wide, b } from './part.ts';\nexport type { A as Z } from './part.ts';`,
      'part.d.ts': `/** Not kept; { */
export interface A {
    /** Nor this. */
    readonly url: "https://x"; // nor this
}
export declare function b(x: string): void;
export declare function b(x: number): void;
export type Wide = {
    a: 1;
} | {
    b: 2;
};
export declare const hidden: 1;`,
    });
    expect(found.exported).toEqual([
      'export type Wide = {\n    a: 1;\n} | {\n    b: 2;\n};',
      'export interface A {\n    readonly url: "https://x";\n}',
      'export declare function b(x: string): void;\nexport declare function b(x: number): void;',
    ]);
    expect(found.mentioned).toEqual([]);
  });

  it('holds what is mentioned, through files, and nothing of other packages', () => {
    const found = surface({
      'index.d.ts': `import { Other } from 'elsewhere';
import type { Inner } from './inner.ts';
export declare class C extends Other {
    #private;
    inner: Inner;
}`,
      'inner.d.ts': 'interface Deep {\n    n: 1;\n}\nexport type Inner = Deep[];\nexport type Unused = 1;\nexport {};',
    });
    expect(found.exported).toHaveLength(1);
    expect(found.mentioned).toEqual(['export type Inner = Deep[];', 'interface Deep {\n    n: 1;\n}']);
  });
});
