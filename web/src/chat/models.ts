import { computed, signal } from '@preact/signals';
import type { Model } from 'durablechat';
import { client } from '../api/client';
import { readStored, writeStored } from '../ui/storage';

const key = 'durablechat.model';
const effortKey = 'durablechat.effort';

export const models = signal<readonly Model[]>([]);

const chosen = signal(readStored<string>(key, ''));

const chosenEffort = signal(readStored<string>(effortKey, ''));

const chosenModel = computed(() => models.value.find((known) => known.name === chosen.value) ?? models.value[0]);

/** The model for new chats: the one chosen last if the server still has it. */
export const model = computed(() => chosenModel.value?.name);

/** How much the model can be asked to think; empty if that is not for users to choose. */
export const efforts = computed(() => chosenModel.value?.allow?.reasoning_effort ?? []);

/** How much it is to think in new chats: what was chosen last if the model allows it; else the model's own effort. */
export const effort = computed(() => efforts.value.find((word) => word === chosenEffort.value));

export function chooseEffort(word: string): void {
  chosenEffort.value = word;
  writeStored(effortKey, word);
}

export function chooseModel(name: string): void {
  chosen.value = name;
  writeStored(key, name);
}

export function loadModels(): void {
  client.listModels().then((found) => (models.value = found)).catch(() => {
    // Without the list the server's default model answers.
  });
}
