import { EmbeddedEngine } from '../packages/database-abstraction/src/engine/embedded-engine.ts';
const P = EmbeddedEngine.prototype as any;
const t: Record<string, { n: number; ms: number; rows: number }> = {};
for (const m of ['rows', 'nativeBlocks', 'insertNative']) {
  const o = P[m];
  P[m] = async function (...a: any[]) {
    const b = performance.now();
    try { return await o.apply(this, a); } finally {
      const k = m + ' ' + (m === 'insertNative' ? a[0].table : a[0].includes('IN (') ? 'IN' : a[0].slice(0, 25));
      const e = (t[k] ??= { n: 0, ms: 0, rows: 0 }); e.n++; e.ms += performance.now() - b; if (m === 'insertNative') e.rows += a[0].block.rows;
    }
  };
}
process.on('exit', () => { for (const [k, v] of Object.entries(t)) console.log(k.padEnd(50), v.n, (v.ms / v.n).toFixed(2), 'ms each', (v.rows / v.n).toFixed(0), 'rows each'); });
