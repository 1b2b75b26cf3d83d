export const count = (value: number | undefined): string => (value === undefined ? '–' : Math.round(value).toLocaleString('en'));

export const decimal = (value: number | undefined, digits = 2): string => (value === undefined ? '–' : value.toFixed(digits));

export const percent = (value: number | undefined): string => (value === undefined ? '–' : `${(value * 100).toFixed(value < 1 && value > 0.999 ? 2 : 1)} %`);

export function bytes(value: number | undefined): string {
  if (value === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let [size, unit] = [value, 0];
  while (size >= 1_024 && unit < units.length - 1) [size, unit] = [size / 1_024, unit + 1];
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

export const duration = (milliseconds: number | undefined | null): string =>
  milliseconds == null ? '–' : milliseconds < 1 ? `${milliseconds.toFixed(2)} ms` : milliseconds < 1_000 ? `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;

export const rate = (value: number | undefined | null): string => (value == null ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)}/s`);

/** How long ago, in the largest unit that fits. */
export function age(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s ago`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3_600)} h ago`;
}
