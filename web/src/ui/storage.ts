type Area = 'localStorage' | 'sessionStorage';

/** Storage that may be full or forbidden: then things last as long as the page. */
export function readText(key: string, area: Area = 'localStorage'): string | undefined {
  try {
    return globalThis[area].getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writeText(key: string, text: string | undefined, area: Area = 'localStorage'): void {
  try {
    if (text === undefined) globalThis[area].removeItem(key);
    else globalThis[area].setItem(key, text);
  } catch {
    // Not being able to remember is no reason to stop working.
  }
}

export function readStored<T>(key: string, usual: T): T {
  const text = readText(key);
  if (text === undefined) return usual;
  try {
    return JSON.parse(text) as T;
  } catch {
    return usual;
  }
}

export const writeStored = (key: string, value: unknown): void => writeText(key, value === undefined ? undefined : JSON.stringify(value));

export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

export function removeStored(prefix: string): void {
  for (const key of storedKeys(prefix)) writeText(key, undefined);
}
