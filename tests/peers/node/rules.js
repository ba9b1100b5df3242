// Rules for payloads. A rule gives what is wrong with a value, as the end of a sentence.

/** Characters as the protocol counts them: Unicode code points. */
const characters = (text) => [...text].length;

/** A text with so many characters. */
export const text = ({ min = 0, max = Infinity } = {}) => {
  return (value) => {
    if (typeof value !== 'string') return 'must be a string';
    // Counting takes time; two UTF-16 units at most make a character.
    const tooLong = value.length > 2 * max || characters(value) > max;
    if (tooLong || value.length < min) return `must have ${min} to ${max} characters`;
  };
};

/** A number between two limits. */
export const number = ({ min = -Infinity, max = Infinity, whole = false } = {}) => {
  return (value) => {
    if (!Number.isFinite(value)) return 'must be a number';
    if (whole && !Number.isSafeInteger(value)) return 'must be a whole number';
    if (value < min) return `must be at least ${min}`;
    if (value > max) return `must be at most ${max}`;
  };
};

export const oneOf = (values) => (value) => {
  if (!values.includes(value)) return `must be one of ${values.join(', ')}`;
};

export const time = (value) => {
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value);
  if (!isTime || Number.isNaN(Date.parse(value))) return 'must be an ISO timestamp';
};

export const isObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);

export const record = (value) => (isObject(value) ? undefined : 'must be an object');

/** Marks the rule of a field that may be absent. */
export const optional = (rule) => Object.assign((value) => rule(value), { optional: true });

/** One value with a name, as an argument of an event. */
export const value = (name, rule) => (given) => {
  const wrong = given === undefined ? 'is required' : rule(given);
  return wrong ? [{ path: '', message: `${name} ${wrong}` }] : [];
};

/** An object with these fields; others are ignored. */
export const fields = (rules) => (given) => {
  if (!isObject(given)) return [{ path: '', message: 'Payload must be an object' }];
  return Object.entries(rules).flatMap(([name, rule]) => {
    const field = Object.hasOwn(given, name) ? given[name] : undefined;
    if (field === undefined && rule.optional) return [];
    const wrong = field === undefined ? 'is required' : rule(field);
    return wrong ? [{ path: `/${name}`, message: `${name} ${wrong}` }] : [];
  });
};
