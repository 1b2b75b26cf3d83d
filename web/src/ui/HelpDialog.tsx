import { Modal } from './Modal';
import { helpOpen, shortcuts } from './shortcuts';

export function HelpDialog() {
  if (!helpOpen.value) return null;
  const close = () => (helpOpen.value = false);
  return (
    <Modal title="Keyboard" onClose={close}>
      <dl class="shortcuts">
        {shortcuts.map(([keys, does]) => (
          <div key={keys}>
            <dt>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="modal-actions"><button type="button" class="button" onClick={close}>Close</button></div>
    </Modal>
  );
}
