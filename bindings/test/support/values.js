// Values made from a JSON Schema: those that have its shape, and those with one place changed.

/**
 * A source of pseudo-random numbers; the same seed gives the same numbers.
 *
 * @param {number} seed
 */
export function randomness(seed) {
  let state = seed >>> 0;
  const next = () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)],
  };
}

/** A value with the schema's shape: types, required properties and literals, but not bounds. */
export function valueOf(schema, definitions, random) {
  const inner = (part) => valueOf(part, definitions, random);
  if (schema.$ref) return inner(definitions[schema.$ref.replace("#/$defs/", "")]);
  if (schema.enum) return random.pick(schema.enum);
  if (schema.anyOf) return inner(random.pick(schema.anyOf));
  switch (random.pick([schema.type].flat())) {
    case "null":
      return null;
    case "boolean":
      return random.pick([true, false]);
    case "integer":
    case "number":
      return random.pick([0, 1, 50, -1, 1.5, 2 ** 53]);
    case "string":
      return random.pick(["", "text", "2026-01-31T12:00:00.000Z", 'quote " and \u{1f600}']);
    case "array":
      return random.pick([[], [0], [0, 0]]).map(() => inner(schema.items));
    case "object":
      return schema.properties ? objectOf(schema, inner, random) : random.pick(anyObjects);
    default:
      throw new Error(`values of this schema cannot be made: ${JSON.stringify(schema)}`);
  }
}

/** The same value with one place of it replaced by something else, or removed. */
export function mutated(value, random) {
  const copy = { root: structuredClone(value) };
  const places = placesOf(copy);
  const [parent, key] = random.pick(places);
  if (parent !== copy && !Array.isArray(parent) && random.chance(0.3)) {
    delete parent[key];
  } else {
    parent[key] = random.pick(replacements);
  }
  return copy.root;
}

const anyObjects = [{}, { key: "value" }, { nested: { list: [1, null] } }];
const replacements = [null, true, 0, 1.5, "text", "running", "info", [], {}, [0], ["text"]];

function objectOf(schema, inner, random) {
  const required = schema.required ?? [];
  const present = Object.entries(schema.properties).filter(
    ([name]) => required.includes(name) || random.chance(0.5),
  );
  return Object.fromEntries(present.map(([name, property]) => [name, inner(property)]));
}

function placesOf(parent) {
  return Object.entries(parent).flatMap(([key, child]) => {
    const inside = child !== null && typeof child === "object" ? placesOf(child) : [];
    return [[parent, key], ...inside];
  });
}
