import type { Engine } from '../engine/engine.ts';
export async function monitor(_flags: object): Promise<void> {}
export async function showScreen(_engine: Engine, _options: { ascii: boolean; title: string }): Promise<void> {}
