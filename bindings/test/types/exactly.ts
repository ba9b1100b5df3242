/** Whether two types are the same: `any` is the same as itself only. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the value has exactly the type. */
export function exactly<Expected>() {
  return <Found>(_value: Found, _proof: Same<Expected, Found>): void => {};
}
