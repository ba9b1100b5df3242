// Processes of this machine, found by what stands in their environment.

import { readdirSync, readFileSync } from 'node:fs';
import { isAlive } from './executions.js';

/** Ids of the living processes that were started with this `NAME=value`. @returns {number[]} */
export function processesWith(variable) {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => environment(id).includes(variable) && isAlive(id)).map(Number);
}

function environment(id) {
  try {
    return readFileSync(`/proc/${id}/environ`, 'utf8').split('\0');
  } catch {
    // Ended meanwhile, or another user's.
    return [];
  }
}

/** Ids of all children of a process, those included that wait to be reaped. @returns {number[]} */
export function childrenOf(parent) {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => parentOf(id) === parent).map(Number);
}

function parentOf(id) {
  try {
    // After the name, which may hold anything: the state, then the parent.
    return Number(readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  } catch {
    return undefined;
  }
}
