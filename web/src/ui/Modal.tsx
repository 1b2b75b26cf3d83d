import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props { title: string; onClose?: () => void; children: ComponentChildren }

/** The browser's own dialog: it holds the focus, makes the rest inert and closes on Escape. Without `onClose` it stays. */
export function Modal({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement as HTMLElement | null;
    element.showModal();
    return () => {
      element.close();
      // The browser gives the focus back only if the dialog is still in the document.
      if (document.activeElement === document.body) before?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="modal"
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose?.();
      }}
    >
      <div class="modal-body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
