// The real Claude CLI, as npm installed it for this platform.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGE = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;

/** Its path, or why there is none: `{ path }` or `{ missing }`. */
export function findRealClaude() {
  let path;
  try {
    path = join(
      dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)),
      'claude',
    );
  } catch {
    return { missing: `the optional package ${PACKAGE} is not installed` };
  }
  const { status, error } = spawnSync(path, ['--version'], { timeout: 60_000 });
  return status === 0 ? { path } : { missing: `${PACKAGE} does not run here: ${error ?? status}` };
}
