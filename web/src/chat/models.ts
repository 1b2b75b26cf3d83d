import { computed, signal } from '@preact/signals';
import { models as readModels } from '../api/chats';
import type { Model } from '../api/types';
import { readStored, writeStored } from '../ui/storage';

const key = 'durablechat.model';

export const models = signal<readonly Model[]>([]);

const chosen = signal(readStored<string>(key, ''));

/** The model for new chats: the one chosen last if the server still has it. */
export const model = computed(() => (models.value.find((known) => known.name === chosen.value) ?? models.value[0])?.name);

export function chooseModel(name: string): void {
  chosen.value = name;
  writeStored(key, name);
}

export function loadModels(): void {
  readModels().then((found) => (models.value = found)).catch(() => {
    // Without the list the server's default model answers.
  });
}
