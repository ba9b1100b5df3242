// Single faults: each makes the peer break the document, or its decisions, in one point.

import { ANSWER_FAULTS } from './faults/answers.js';
import { CLAUDE_FAULTS } from './faults/claude.js';
import { LIVENESS_FAULTS } from './faults/liveness.js';
import { PUBLISHING_FAULTS } from './faults/publishing.js';
import { ROOM_FAULTS } from './faults/rooms.js';
import { SESSION_FAULTS } from './faults/session.js';

/** By area, and by name: how the fault is planted. */
export const FAULTS = {
  session: SESSION_FAULTS,
  rooms: ROOM_FAULTS,
  liveness: LIVENESS_FAULTS,
  answers: ANSWER_FAULTS,
  publishing: PUBLISHING_FAULTS,
  claude: CLAUDE_FAULTS,
};

/** Plants the fault of this name. Throws when there is none. */
export function plant(name) {
  const fault = Object.assign({}, ...Object.values(FAULTS))[name];
  if (!fault) throw new Error(`there is no fault "${name}"; see tests/peers/wrong/faults`);
  fault();
}
