// `workingDirectory`: inside the server's workspace, with all symbolic links followed.

import { realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { claudeRefusal } from '../refusal.js';

/** The directory to run in; `undefined` when none was asked for. Throws a refusal. */
export function resolveWorkingDirectory(root, workingDirectory) {
  if (workingDirectory === undefined) return undefined;
  const found = root && realDirectory(resolve(root, workingDirectory));
  const inside = found && `${found}${sep}`.startsWith(`${realpathSync(root)}${sep}`);
  if (inside) return found;
  const sentence = 'workingDirectory must be a directory inside the server’s workspace';
  throw claudeRefusal('INVALID_PAYLOAD', sentence);
}

function realDirectory(path) {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}
