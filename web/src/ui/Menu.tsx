import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './Icon';

export interface MenuItem { icon: IconName; text: string; danger?: boolean; run: () => void }

interface Props { label: string; items: readonly MenuItem[]; children: ComponentChildren }

const margin = 8;

/** A menu in the browser's top layer: nothing clips it, Escape and a click elsewhere close it. */
export function Menu({ label, items, children }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  function place(): void {
    const [at, own] = [button.current!.getBoundingClientRect(), list.current!.getBoundingClientRect()];
    const top = at.bottom + own.height + margin > innerHeight ? at.top - own.height - 4 : at.bottom + 4;
    list.current!.style.left = `${Math.max(margin, Math.min(at.left, innerWidth - own.width - margin))}px`;
    list.current!.style.top = `${Math.max(margin, top)}px`;
    list.current!.querySelector<HTMLElement>('button')?.focus();
  }

  function move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Tab') list.current!.hidePopover();
    if (!step) return;
    event.preventDefault();
    const all = [...list.current!.querySelectorAll<HTMLElement>('button')];
    all[(all.indexOf(document.activeElement as HTMLElement) + step + all.length) % all.length]?.focus();
  }

  return (
    <>
      <button ref={button} type="button" class="icon-button menu-button" aria-label={label} aria-haspopup="menu" aria-expanded={open} popovertarget={id}>{children}</button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        class="menu"
        aria-label={label}
        onKeyDown={move}
        onToggle={(event) => {
          const shown = (event as unknown as { newState: string }).newState === 'open';
          setOpen(shown);
          if (shown) place();
        }}
      >
        {items.map((item) => (
          <button
            key={item.text}
            type="button"
            role="menuitem"
            tabIndex={-1}
            class={item.danger ? 'danger' : ''}
            onClick={() => {
              list.current!.hidePopover();
              item.run();
            }}
          >
            <Icon name={item.icon} /> {item.text}
          </button>
        ))}
      </div>
    </>
  );
}
