import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { isDark, theme } from '../ui/theme';
import type { Point } from './figures';

export interface Line { key: Exclude<keyof Point, 'time'>; name: string; color: 1 | 2 | 3 | 4 }

interface Props { title: string; lines: readonly Line[]; points: readonly Point[]; format: (value: number | null | undefined) => string }

const height = 132;
const span = 120;

const colorOf = (element: HTMLElement, name: string) => getComputedStyle(element).getPropertyValue(name).trim();

/** Canvas knows no light-dark(): a probe asks the browser what the colour is just now. */
function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`;
  const color = colorOf(element, 'color');
  element.style.color = '';
  return color;
}

function options(element: HTMLElement, lines: readonly Line[], format: Props['format']): uPlot.Options {
  const ink = resolved(element, '--ink-3');
  const grid = { stroke: resolved(element, '--line'), width: 1 };
  const font = `11px ${colorOf(element, 'font-family')}`;
  return {
    width: element.clientWidth,
    height,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.15, 1)] }, x: { range: (_, __, max) => [max - span, max] } },
    axes: [
      { stroke: ink, font, grid: { show: false }, ticks: { show: false }, size: 22, space: 90, values: (_, times) => times.map((time) => new Date(time * 1_000).toLocaleTimeString([], { minute: '2-digit', second: '2-digit' })) },
      { stroke: ink, font, grid, ticks: { show: false }, size: 52, space: 34, values: (_, values) => values.map((value) => format(value)) },
    ],
    series: [
      {},
      ...lines.map((line) => {
        const stroke = resolved(element, `--plot-${line.color}`);
        const series: uPlot.Series = { stroke, width: 1.75, points: { show: false } };
        return line.color === 1 ? { ...series, fill: `color-mix(in srgb, ${stroke} 12%, transparent)` } : series;
      }),
    ],
  };
}

const dataOf = (points: readonly Point[], lines: readonly Line[]): uPlot.AlignedData => [
  points.map((point) => point.time),
  ...lines.map((line) => points.map((point) => point[line.key] ?? null)),
];

export function Plot({ title, lines, points, format }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const dark = theme.value && isDark();
  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(options(element, lines, format), dataOf(points, lines), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [dark]);
  useEffect(() => plot.current?.setData(dataOf(points, lines)), [points]);
  const last = points.at(-1);
  return (
    <figure class="plot">
      <figcaption>
        <h2>{title}</h2>
        <ul>
          {lines.map((line) => (
            <li key={line.key}><i class={`key plot-${line.color}`} />{line.name} <b>{format(last?.[line.key])}</b></li>
          ))}
        </ul>
      </figcaption>
      <div ref={box} class="plot-box" aria-hidden="true" />
    </figure>
  );
}
